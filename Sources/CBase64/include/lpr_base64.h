#ifndef LPR_BASE64_H
#define LPR_BASE64_H

#include <stddef.h>
#include <stdint.h>

/// Decodes digits of base64 (RFC 4648 §4 and §5, either alphabet) in blocks of thirty-two, as long as a block has
/// only digits. Returns how many of the `count` bytes at `text` were decoded, a multiple of 32; `bytes` then has
/// three bytes for every four of them, for which it must have room.
size_t lpr_base64_digits (const uint8_t *text, size_t count, uint8_t *bytes);

#endif

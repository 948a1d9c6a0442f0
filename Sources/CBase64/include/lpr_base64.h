#ifndef LPR_BASE64_H
#define LPR_BASE64_H

#include <stddef.h>
#include <stdint.h>

/// Decodes digits of base64 (RFC 4648 §4 and §5, either alphabet) thirty-two at a time, as long as all of them
/// are digits. Returns how many of the `count` bytes at `text` it took, always a multiple of 32; three bytes for
/// four of them stand at `bytes` then, where as many must fit.
size_t lpr_base64_digits (const uint8_t *text, size_t count, uint8_t *bytes);

#endif

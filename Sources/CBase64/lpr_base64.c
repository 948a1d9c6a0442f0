#include "lpr_base64.h"

#include <string.h>

/* A block of thirty-two digits becomes sixteen pairs, eight groups of four, and twenty-four bytes, all at once:
   a picture has forty thousand digits. The compiler vectorizes it for the processor. Little-endian: the lower address has the
   lower byte of a number, as on every supported processor. */
typedef uint8_t digits __attribute__ ((vector_size (32)));
typedef uint16_t pairs __attribute__ ((vector_size (32)));
typedef uint32_t fours __attribute__ ((vector_size (32)));

/* The offset from a character to its value, for the lanes that `is` selects. */
#define SHIFT(is, by) ((digits) (is) & ((digits) { 0 } + (uint8_t) (by)))

/* On x86 the instructions of 2013 (AVX2) are twice as fast as those that every processor has. The variant is selected
   when the program is loaded, before ThreadSanitizer is initialized: it would crash on its own entry there. */
#if defined __has_feature
#if __has_feature (thread_sanitizer)
#define LPR_ONE_VARIANT
#endif
#endif
#if defined __x86_64__ && !defined LPR_ONE_VARIANT
__attribute__ ((target_clones ("avx2", "default")))
#endif
size_t
lpr_base64_digits (const uint8_t *text, size_t count, uint8_t *bytes)
{
  size_t taken = 0;
  for (; taken + sizeof (digits) <= count; taken += sizeof (digits))
  {
    digits character;
    memcpy (&character, text + taken, sizeof character);
    const digits upper = (digits) (character - 'A' < 26), lower = (digits) (character - 'a' < 26);
    const digits numeral = (digits) (character - '0' < 10);
    const digits plus = (digits) (character == '+'), minus = (digits) (character == '-');
    const digits slash = (digits) (character == '/'), under = (digits) (character == '_');
    const digits known = upper | lower | numeral | plus | minus | slash | under;
    uint64_t all[4];
    memcpy (all, &known, sizeof all);
    if (UINT64_MAX != (all[0] & all[1] & all[2] & all[3]))
      break;
    const digits value = character
      + (SHIFT (upper, -'A') | SHIFT (lower, 26 - 'a') | SHIFT (numeral, 52 - '0') | SHIFT (plus, 62 - '+')
         | SHIFT (minus, 62 - '-') | SHIFT (slash, 63 - '/') | SHIFT (under, 63 - '_'));
    /* The first of two, and of two pairs, is the one at the lower address, but the higher part. */
    const pairs low = (pairs) value;
    const pairs pair = (low << 6 | low >> 8) & 0xFFF;
    const fours wide = (fours) pair;
    const digits group = (digits) ((wide << 12 | wide >> 16) & 0xFFFFFF);
    const digits packed = __builtin_shufflevector (
      group, group, 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 18, 17, 16, 22, 21, 20, 26, 25, 24, 30, 29, 28,
      -1, -1, -1, -1, -1, -1, -1, -1);
    memcpy (bytes + taken / 4 * 3, &packed, sizeof packed / 4 * 3);
  }
  return taken;
}

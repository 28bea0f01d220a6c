#ifndef Py_INTERNAL_POLICY_TEXT_H
#define Py_INTERNAL_POLICY_TEXT_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 text without Python objects: decode, compare, show.  Needs no
   interpreter, keeps no state, allocates nothing. */

/* Decode one character of strict UTF-8 (nothing overlong, no surrogates,
   nothing above U+10FFFF) at p < end.  Its length, or 0 when it is none. */
extern int _PyPolicyText_Decode(const char *p, const char *end,
                                uint32_t *character);

/* Write a character as UTF-8 (1 to 4 bytes); returns where it ends. */
extern char *_PyPolicyText_Encode(char *out, uint32_t character);

/* Is it a character that shows nothing, or changes how others are shown? */
extern bool _PyPolicyText_IsHidden(uint32_t character);

/* Write untrusted text as a JSON string, quotes included, into buffer (NUL
   terminated; cut between characters and marked with "..." when it does not
   fit).  What is not plainly visible (control, bidirectional, invisible and
   private characters) comes out as \uXXXX, so that the result is one line
   and shows what it is; bytes that are not UTF-8 come out as \xXX, which no
   JSON parser accepts.  Returns buffer.  size must be at least 16; six bytes
   for each byte of text, and 6 more, are always enough. */
extern const char *_PyPolicyText_Quote(char *buffer, size_t size,
                                       const char *text, size_t len);

/* The same without the quotes, and with " and \ left alone: for file names
   at the start of a message. */
extern const char *_PyPolicyText_Escape(char *buffer, size_t size,
                                        const char *text, size_t len);

/* The one of the names (NULL ends the list) that is most like the word, if
   it is like enough to be what was meant; else NULL. */
extern const char *_PyPolicyText_Nearest(const char *word,
                                         const char *const *names);

/* What a byte is in ASCII; an underscore counts as a letter, and the NUL that
   ends a text as nothing. */
#define _PyPolicyText_LETTER 1
#define _PyPolicyText_DIGIT 2
#define _PyPolicyText_DASH 4
#define _PyPolicyText_LOWER 8
extern const uint8_t _PyPolicyText_Classes[256];

static inline bool
_PyPolicyText_IsOf(char c, int classes)
{
    return (_PyPolicyText_Classes[(unsigned char)c] & classes) != 0;
}

/* A hash that outsiders cannot predict, for tables of names. */
extern uint32_t _PyPolicyText_Hash(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_TEXT_H

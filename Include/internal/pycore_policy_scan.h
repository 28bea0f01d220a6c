#ifndef Py_INTERNAL_POLICY_SCAN_H
#define Py_INTERNAL_POLICY_SCAN_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <string.h>

#include "pycore_policy_json.h"         // _PyPolicyJsonNode

/* The scanner below policy_json.c: a JSON text, piece by piece. */

/* A token is known by the character that it begins with, numbers by '0', the
   end of the text by _PyPolicyScan_END. */
#define _PyPolicyScan_END '\0'
#define _PyPolicyScan_NUMBER '0'

typedef struct {
    const char *p, *end;        /* what is still to be read; no white space
                                   comes first */
    const char *line_start;     /* moved on by one for each continuation byte
                                   on this line so far */
    uint32_t line;
    char *out;                  /* where the next text goes */
    _PyPolicyJsonNode *token;   /* where the next token goes: its kind as
                                   above, and all that a node has but `end` */
    _PyPolicyJsonError *error;
} _PyPolicyScanner;

/* Start at the beginning.  `out` has room for len + 1 bytes, and behind the
   text is a NUL: no piece holds one, so nothing else needs to be compared with
   the end. */
extern void _PyPolicyScan_Init(_PyPolicyScanner *s, const char *text,
                               size_t len, char *out,
                               _PyPolicyJsonError *error);

/* Read the next piece into *s->token.  -1, with the error filled, when it is
   not JSON. */
static inline int _PyPolicyScan_Next(_PyPolicyScanner *s);

/* Is this character (one of : , ] and }) the next piece?  Then it is taken,
   and no token made of it. */
static inline bool _PyPolicyScan_Takes(_PyPolicyScanner *s, char c);

/* The column of s->p. */
static inline uint32_t
_PyPolicyScan_Column(const _PyPolicyScanner *s)
{
    return (uint32_t)(s->p - s->line_start) + 1;
}

/* Fill the error, for the given place.  Always -1. */
#ifdef __GNUC__
__attribute__((format(printf, 5, 6)))
#endif
extern int _PyPolicyScan_Fail(_PyPolicyScanner *s, uint32_t line,
                              uint32_t column, const char *code,
                              const char *format, ...);

/* --- What is done for nearly every byte --------------------------------- */

/* Where eight bytes are looked at together, which of them is meant is known
   by its place in the word. */
#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#  define _PyPolicyScan_FIRST(word) (__builtin_ctzll(word) / 8)
#endif

/* Go on at p, behind the white space there. */
static inline void
_PyPolicyScan_Move(_PyPolicyScanner *s, const char *p)
{
    const char *end = s->end;
    while ((unsigned char)*p <= ' ') {
        if (*p != '\n') {
            if (*p != ' ' && *p != '\t' && *p != '\r') {
                break;
            }
            p++;
            continue;
        }
        s->line++;
        s->line_start = ++p;
#ifdef _PyPolicyScan_FIRST
        while (end - p >= 8) {          /* nearly all is indentation */
            uint64_t eight;
            memcpy(&eight, p, 8);
            eight ^= 0x2020202020202020u;
            if (eight != 0) {
                p += _PyPolicyScan_FIRST(eight);
                break;
            }
            p += 8;
        }
#endif
    }
    s->p = p;
}

static inline bool
_PyPolicyScan_Takes(_PyPolicyScanner *s, char c)
{
    if (*s->p != c) {
        return false;
    }
    _PyPolicyScan_Move(s, s->p + 1);
    return true;
}

/* Does a container begin here?  That is the next token then. */
static inline bool
_PyPolicyScan_Opens(_PyPolicyScanner *s)
{
    if (*s->p != '[' && *s->p != '{') {
        return false;
    }
    *s->token = (_PyPolicyJsonNode){.kind = (uint8_t)*s->p, .line = s->line,
                                    .column = _PyPolicyScan_Column(s)};
    _PyPolicyScan_Move(s, s->p + 1);
    return true;
}

/* Which of eight characters do not stand for themselves?  The high bit of a
   byte is set if that is below 0x20, above 0x7F, a quote or a backslash, or
   perhaps if a byte of less value is.  With bit 1 turned, a quote stands right
   above what is below 0x20, so both are found at once. */
static inline uint64_t
_PyPolicyScan_Others(uint64_t eight)
{
    const uint64_t ONES = 0x0101010101010101u;
    uint64_t others = eight | ((eight ^ ONES * 2) - ONES * 0x21)
                      | ((eight ^ ONES * '\\') - ONES);
    return others & ONES * 0x80;
}

/* Copy what stands for itself from p on: nearly everything.  What is written
   is never ahead of what is read, so eight bytes have room where eight are
   left.  Returns where it ends; s->out is behind the copy. */
static inline const char *
_PyPolicyScan_Plain(_PyPolicyScanner *s, const char *p)
{
    const char *end = s->end;
    char *out = s->out;
#ifdef _PyPolicyScan_FIRST
    while (end - p >= 8) {
        uint64_t eight, others;
        memcpy(&eight, p, 8);
        memcpy(out, &eight, 8);
        others = _PyPolicyScan_Others(eight);
        if (others != 0) {
            int n = _PyPolicyScan_FIRST(others);
            s->out = out + n;
            return p + n;
        }
        p += 8;
        out += 8;
    }
#endif
    while (*p >= 0x20 && *p < 0x7F && *p != '"' && *p != '\\') {
        *out++ = *p++;
    }
    s->out = out;
    return p;
}

/* The rest of a string, up to its closing quote; s->p is at its first
   character that is not plain.  And any token but a string. */
extern int _PyPolicyScan_Rest(_PyPolicyScanner *s);
extern int _PyPolicyScan_Other(_PyPolicyScanner *s);

/* Such as these, which are seldom called, are handed a copy: a scanner whose
   address nobody has stays in registers. */
static inline int
_PyPolicyScan_Slowly(_PyPolicyScanner *s, int (*scan)(_PyPolicyScanner *s))
{
    _PyPolicyScanner copy = *s;
    int result = scan(&copy);
    *s = copy;
    return result;
}

static inline int
_PyPolicyScan_Next(_PyPolicyScanner *s)
{
    _PyPolicyJsonNode *token = s->token;
    const char *p = s->p;
    token->line = s->line;
    token->column = _PyPolicyScan_Column(s);
    if (*p != '"') {
        return _PyPolicyScan_Slowly(s, _PyPolicyScan_Other);
    }
    char *text = s->out;
    p = _PyPolicyScan_Plain(s, p + 1);
    if (*p != '"') {
        s->p = p;
        if (_PyPolicyScan_Slowly(s, _PyPolicyScan_Rest) < 0) {
            return -1;
        }
        p = s->p;
    }
    char *out = s->out;
    s->out = out + 1;
    *out = '\0';
    token->kind = '"';
    token->count = (uint32_t)(out - text);
    token->text = text;
    _PyPolicyScan_Move(s, p + 1);
    return 0;
}

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_SCAN_H

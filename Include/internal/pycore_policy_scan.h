#ifndef Py_INTERNAL_POLICY_SCAN_H
#define Py_INTERNAL_POLICY_SCAN_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>

#include "pycore_policy_json.h"         // _PyPolicyJsonError

/* The scanner below policy_json.c: a JSON text, piece by piece. */

/* A token is known by the character that it begins with, numbers by '0', the
   end of the text by _PyPolicyScan_END. */
#define _PyPolicyScan_END '\0'
#define _PyPolicyScan_NUMBER '0'

typedef struct {
    int kind;                   /* one of  { } [ ] : , " 0 t f n  or END */
    uint32_t line, column;      /* from 1; columns count code points */
    char *text;                 /* string (unescaped) or number (as written),
                                   NUL terminated; else NULL */
    uint32_t len;
} _PyPolicyToken;

typedef struct {
    const char *p, *end;        /* what is still to be read */
    const char *line_start;
    uint32_t line;
    uint32_t wide;              /* continuation bytes on this line so far */
    char *out;                  /* where the next text goes */
    _PyPolicyToken token;
    _PyPolicyJsonError *error;
} _PyPolicyScanner;

/* Start at the beginning.  `out` has room for len + 1 bytes. */
extern void _PyPolicyScan_Init(_PyPolicyScanner *s, const char *text,
                               size_t len, char *out,
                               _PyPolicyJsonError *error);

/* Read the next piece into s->token.  -1, with the error filled, when it is
   not JSON. */
extern int _PyPolicyScan_Next(_PyPolicyScanner *s);

/* The column of s->p. */
static inline uint32_t
_PyPolicyScan_Column(const _PyPolicyScanner *s)
{
    return (uint32_t)(s->p - s->line_start) - s->wide + 1;
}

/* Is this character (one of : and ,) the very next?  Then it is s->token: the
   short way to what Next would find. */
static inline bool
_PyPolicyScan_Takes(_PyPolicyScanner *s, char c)
{
    if (s->p == s->end || *s->p != c) {
        return false;
    }
    s->token = (_PyPolicyToken){.kind = c, .line = s->line,
                                .column = _PyPolicyScan_Column(s)};
    s->p++;
    return true;
}

/* Fill the error, for the given place.  Always -1. */
#ifdef __GNUC__
__attribute__((format(printf, 5, 6)))
#endif
extern int _PyPolicyScan_Fail(_PyPolicyScanner *s, uint32_t line,
                              uint32_t column, const char *code,
                              const char *format, ...);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_SCAN_H

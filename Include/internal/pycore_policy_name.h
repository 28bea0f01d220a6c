#ifndef Py_INTERNAL_POLICY_NAME_H
#define Py_INTERNAL_POLICY_NAME_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stddef.h>

#include "pycore_policy_limits.h"
#include "pycore_policy_text.h"   // _PyPolicyText_IsOf()

/* The names that a policy may hold. */
typedef enum {
    _PyPolicyName_MODULE,       /* a dotted module, or builtins.NAME */
    _PyPolicyName_PRINCIPAL,    /* a dependency, a path or NAME.pth; the
                                   reserved "*" and "__main__" are not for
                                   this function */
    _PyPolicyName_CAPABILITY,   /* or the name of an audit event */
} _PyPolicyNameKind;

#define _PyPolicyName_MAX_WHAT (_PyPolicy_MAX_QUOTED * 2 + 256)

/* 0 when the text (valid UTF-8 without NUL, NUL terminated) is such a name.
   Else -1: a stable code and a sentence that says what to write. */
extern int _PyPolicyName_Check(_PyPolicyNameKind kind, const char *text,
                               size_t len, char code[32],
                               char what[_PyPolicyName_MAX_WHAT]);

/* A short identifier of ASCII alone is the name of a module and of a
   dependency, and most are such; those that are reserved begin otherwise. */
static inline bool
_PyPolicyName_IsPlain(const char *text, size_t len)
{
    const char *p = text;
    if (*p == '_' || !_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER)) {
        return false;
    }
    do {
        p++;
    } while (_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER
                                    | _PyPolicyText_DIGIT));
    return p == text + len && len <= _PyPolicy_MAX_NAME;
}

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_NAME_H

#ifndef Py_INTERNAL_POLICY_CONTENT_H
#define Py_INTERNAL_POLICY_CONTENT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_digest.h" // _PyPolicyDigest_SIZE

#include <stdint.h>

/* The texts of all files that were read for one policy; zero for none. */
typedef struct {
    struct _PyPolicyText {
        char *text;
        size_t len;
    } *files;
    size_t n_files;
} _PyPolicyContent;

/* 16 hexadecimal digits, and the NUL behind them. */
#define _PyPolicyContent_MARK 17

/* Take a text over (in any case), or keep a copy.  0, or -1 when memory is
   short, not said. */
extern int _PyPolicyContent_Take(_PyPolicyContent *content, char *text,
                                 size_t len);
extern int _PyPolicyContent_Add(_PyPolicyContent *content, const char *text,
                                size_t len);

extern void _PyPolicyContent_Digits(uint64_t number,
                                    char digits[_PyPolicyContent_MARK]);

/* Equal for equal texts and keys. */
extern void _PyPolicyContent_Mark(const _PyPolicyContent *content,
                                  uint64_t key,
                                  char mark[_PyPolicyContent_MARK]);

/* The file's own SHA-256, or that of the list of them, a line for each file,
   when there is more than one.  0, or -1 when memory is short, not said. */
extern int _PyPolicyContent_Sha256(const _PyPolicyContent *content,
                                   char digest[_PyPolicyDigest_SIZE]);

extern void _PyPolicyContent_Clear(_PyPolicyContent *content);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_CONTENT_H

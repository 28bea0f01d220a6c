#ifndef Py_INTERNAL_POLICY_EXTENDS_H
#define Py_INTERNAL_POLICY_EXTENDS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"
#include "pycore_policy_content.h"
#include "pycore_policy_find.h"   // _PyPolicySource
#include "pycore_policy_read.h"   // _PyPolicyFile

/* Finds what "$extends" names, and remembers what was found. */
typedef struct {
    _PyPolicyExtender extender; /* for _PyPolicy_Parse() */
    const _PyPolicySource *source;
    const PyConfig *config;
    _PyPolicyContent content;   /* what was read, for the caller to take */
    bool said;                  /* an error that is on standard error already,
                                   and without a message for that reason */
} _PyPolicyExtends;

/* For the policy that was found at `source` and read as `file`; both must
   stay as they are, and the text is the content's now.  0, or -1 when memory
   is short, which has been said.  Clear it in both cases. */
extern int _PyPolicyExtends_Begin(_PyPolicyExtends *extends,
                                  const _PyPolicySource *source,
                                  const PyConfig *config,
                                  const _PyPolicyFile *file);
extern void _PyPolicyExtends_Clear(_PyPolicyExtends *extends);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_EXTENDS_H

/* Who called whom, as a message tells it? */

#ifndef Py_INTERNAL_POLICY_STACK_CHAIN_H
#define Py_INTERNAL_POLICY_STACK_CHAIN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_denial.h" // _PyPolicyStep

#include <stddef.h>

/* The same walk as Acting, written down for a message: at most n steps. */
extern size_t _PyPolicyStack_Chain(PyThreadState *tstate,
                                   _PyPolicyStep *steps, size_t n);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_CHAIN_H */

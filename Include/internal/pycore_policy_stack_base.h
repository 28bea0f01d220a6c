/* What does a stack inherit that its frames do not show? */

#ifndef Py_INTERNAL_POLICY_STACK_BASE_H
#define Py_INTERNAL_POLICY_STACK_BASE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame

#include <stdint.h>

/* Give a new thread, or a new interpreter's first one, its base. */
extern void _PyPolicyStack_SetBase(PyThreadState *tstate, uint32_t set);

/* Who acts at the base of a stack whose outermost frame is `last`?  UNKNOWN
   when nobody can be named. */
extern uint32_t _PyPolicyStack_BaseOf(PyThreadState *tstate,
                                      const _PyInterpreterFrame *last);

/* The set joined with the permits in whose blocks this is (see
   pycore_policy_narrow.h). */
extern uint32_t _PyPolicyStack_Narrowed(PyThreadState *tstate, uint32_t set);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_BASE_H */

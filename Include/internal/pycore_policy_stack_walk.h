/* The walk over a stack: between policy_stack.c and policy_stack_usual.c. */

#ifndef Py_INTERNAL_POLICY_STACK_WALK_H
#define Py_INTERNAL_POLICY_STACK_WALK_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_stack.h"

/* Who has been met above a frame, and who is innermost of them. */
typedef struct {
    uint32_t set, inner;
} _PyPolicyMet;

/* Who acts, by the stack from this frame outwards?  When so many frames are
   passed (`left`) the walk notes where it is, and when it has passed `room`
   more, what was found out from there on is kept.  `nobody` is not told. */
extern _PyPolicyActing _PyPolicyStack_WalkFrom(
    PyThreadState *tstate, _PyInterpreterFrame *f, _PyPolicyMet met,
    int left, int room);

/* By the whole stack, those beyond the application included. */
extern _PyPolicyActing _PyPolicyStack_WalkBeyond(PyThreadState *tstate);

/* With whoever started the process, and in the block of a permit. */
extern _PyPolicyActing _PyPolicyStack_WithOthers(PyThreadState *tstate,
                                                 _PyPolicyActing acting);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_WALK_H */

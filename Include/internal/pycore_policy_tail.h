/* What does the walk yield from this frame outwards? */

#ifndef Py_INTERNAL_POLICY_TAIL_H
#define Py_INTERNAL_POLICY_TAIL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame.policy_tail
#include "pycore_policy_state.h"  // struct _PyPolicyTail

#include <stdbool.h>
#include <stddef.h>               // offsetof()
#include <stdint.h>
#include <string.h>

/* A tail is kept for a frame that is at least so far from the top when the
   walk comes by, and for others behind it at doubling distances; and a walk
   that has passed twice as many frames without meeting one does come by. */
#define _PyPolicyTail_ROOM 8

/* Is it a frame with code whose tail nobody has kept?  False may be wrong on
   some machines: for most frames one comparison tells. */
static inline bool
_PyPolicyTail_IsPlain(const _PyInterpreterFrame *frame)
{
    uint16_t owner_and_tail;
    memcpy(&owner_and_tail,
           (const char *)frame + offsetof(_PyInterpreterFrame, owner),
           sizeof(owner_and_tail));
    return owner_and_tail <= FRAME_OWNED_BY_GENERATOR;
}

/* What was found out from that frame on, which the thread is executing just
   now; NULL when that is not known any more, or never was. */
extern const struct _PyPolicyTail *_PyPolicyTail_Of(
    PyThreadState *tstate, const _PyInterpreterFrame *frame);

/* Keep it, for a frame on the stack that the thread itself owns; the field
   `frame` is filled here. */
extern const struct _PyPolicyTail *_PyPolicyTail_Keep(
    PyThreadState *tstate, _PyInterpreterFrame *frame,
    struct _PyPolicyTail tail);

/* What is known about the base of the thread's stacks has changed. */
extern void _PyPolicyTail_Forget(PyThreadState *tstate);

/* Does the interpreter alone make frames here?  Else no tail is known. */
extern bool _PyPolicyTail_AreKept(PyThreadState *tstate);

/* The rest of a usual stack (pycore_policy_stack.h): *met have been met above
   the frame; is it still one, and whom has it met then? */
PyAPI_FUNC(bool) _PyPolicyTail_IsUsual(PyThreadState *tstate,
                                       const _PyInterpreterFrame *frame,
                                       uint32_t *met);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TAIL_H */

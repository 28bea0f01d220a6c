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
#include "pycore_interp.h"        // all that _PyThreadStateImpl needs
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <stdbool.h>
#include <stddef.h>               // offsetof()
#include <stdint.h>
#include <string.h>

/* A tail is kept for a frame that is at least so far from the top when the
   walk comes by, and for others behind it at doubling distances; and a walk
   that has passed twice as many frames without meeting one does come by. */
#define _PyPolicyTail_ROOM 8

/* The number of the one that is kept for a frame at the top, from which
   somebody was asked for: whatever is done next is most often done from
   there.  Who acts is all that there is to say of it, and it is not worth
   keeping unless so many frames were passed to find it out. */
#define _PyPolicyTail_TOP (_PyPolicy_TAILS + 1)
#define _PyPolicyTail_WORTH 3
/* The same where it is asked in passing, by something that is being made. */
#define _PyPolicyTail_WORTH_ALONE 5

static inline uint16_t
_PyPolicyTail_OwnerAndTail(const _PyInterpreterFrame *frame)
{
    uint16_t owner_and_tail;
    memcpy(&owner_and_tail,
           (const char *)frame + offsetof(_PyInterpreterFrame, owner),
           sizeof(owner_and_tail));
    return owner_and_tail;
}

/* Is it a frame with code whose tail nobody has kept?  False may be wrong on
   some machines: for most frames one comparison tells. */
static inline bool
_PyPolicyTail_IsPlain(const _PyInterpreterFrame *frame)
{
    return _PyPolicyTail_OwnerAndTail(frame) <= FRAME_OWNED_BY_GENERATOR;
}

/* And is it one that the thread owns, as most are? */
static inline bool
_PyPolicyTail_IsPlainOwn(const _PyInterpreterFrame *frame)
{
    return _PyPolicyTail_OwnerAndTail(frame) == FRAME_OWNED_BY_THREAD;
}

/* Or a generator's?  False may be wrong on some machines here, too. */
static inline bool
_PyPolicyTail_IsPlainGenerator(const _PyInterpreterFrame *frame)
{
    return _PyPolicyTail_OwnerAndTail(frame) == FRAME_OWNED_BY_GENERATOR;
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

/* Does a frame lie in the newest part of the thread's data stack, as most
   do? */
static inline bool
_PyPolicyTail_IsNear(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    const _PyStackChunk *chunk = tstate->datastack_chunk;
    return chunk != NULL && (uintptr_t)frame - (uintptr_t)chunk < chunk->size
           && !tstate->interp->policy.foreign_frames;
}

/* The entry that a frame's byte and the table agree about, or NULL: then
   nothing is known of it.  It is not to be believed unless the frame is near,
   or _PyPolicyTail_Of() says the same. */
static inline const struct _PyPolicyTail *
_PyPolicyTail_Entry(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    size_t number = (unsigned char)frame->policy_tail;
    if (frame->owner != FRAME_OWNED_BY_THREAD || number == 0
        || number > _PyPolicyTail_TOP)
    {
        return NULL;
    }
    const struct _PyPolicyTail *tail =
        &((_PyThreadStateImpl *)tstate)->policy.tails[number - 1];
    return tail->frame == frame ? tail : NULL;
}

/* The same as _PyPolicyTail_Keep() for the frame at the top, or the next one,
   where nothing is to be told but who acts, and who of them is innermost. */
static inline void
_PyPolicyTail_KeepTop(PyThreadState *tstate, _PyInterpreterFrame *frame,
                      uint32_t set, uint32_t inner)
{
    if (frame != NULL && _PyPolicyTail_IsPlainOwn(frame)
        && !tstate->interp->policy.foreign_frames)
    {
        ((_PyThreadStateImpl *)tstate)->policy.tails[_PyPolicyTail_TOP - 1] =
            (struct _PyPolicyTail){.frame = frame, .set = set, .inner = inner};
        frame->policy_tail = _PyPolicyTail_TOP;
    }
}

/* Is this frame, where a walk begins, the one that was kept then?  What
   _PyPolicyTail_Of() asks for, in less words; NULL when in doubt. */
static inline const struct _PyPolicyTail *
_PyPolicyTail_OfFirst(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    const struct _PyPolicyTail *tail = &((_PyThreadStateImpl *)tstate)
        ->policy.tails[_PyPolicyTail_TOP - 1];
    return frame != NULL && tail->frame == frame
           && frame->owner == FRAME_OWNED_BY_THREAD
           && frame->policy_tail == _PyPolicyTail_TOP
           && _PyPolicyTail_IsNear(tstate, frame) ? tail : NULL;
}

/* What is known about the base of the thread's stacks has changed. */
extern void _PyPolicyTail_Forget(PyThreadState *tstate);

/* Does the interpreter alone make frames here?  Else no tail is known. */
extern bool _PyPolicyTail_AreKept(PyThreadState *tstate);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TAIL_H */

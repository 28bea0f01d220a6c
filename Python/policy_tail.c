/* What does the walk yield from this frame outwards?

   Who acts is asked again and again while most of the stack stands still.  So
   a walk that has come some way down keeps, for a few of the frames that it
   passes, what it found out from there on, their tails; and the next one that
   meets such a frame has its answer.  The frames lie at doubling distances,
   so when the stack has been unwound by n frames, the next that is known is
   about n frames away at most: a judgement pays for the frames that have come
   and gone since the last one, and hardly for how deep they stand.

   That is only right as long as it is the same frame, and whatever is behind
   it is the same as well.  A frame has a byte for it (policy_tail), which is
   the number of an entry in the thread's own table, and the entry has the
   frame's address; both have to agree.

   It is the same frame.  Those that are believed have to lie on the data
   stack of the thread, and belong to the thread.  There a frame comes into
   being in _PyFrame_Initialize() or _PyFrame_PushTrampolineUnchecked() and
   nowhere else (tier 2 and the trampolines of perf included), and both set the
   byte to zero.  It is written here alone, together with the entry.  So a
   frame that has taken the place of one that returned, that an exception has
   unwound or whose memory another thread has had meanwhile, is not known, and
   an entry that is left behind points to no frame that says so.  Marks and
   the interpreter's own shims, which lie on the C stack, are never asked for
   the byte.  Whoever makes frames without the interpreter, as PEP 523 allows,
   was compiled for a byte that is padding: from the moment an evaluator of
   frames has been set, nothing is kept or believed in that interpreter.

   What is behind it is the same.  While a frame exists, the one that called it
   is in the middle of that call, and so on to the base: none of them can end,
   and `previous` is written when a frame is linked and when it is unlinked.
   This goes for those in between too.  A generator that is running cannot be
   resumed from elsewhere; as one that is suspended can, no tail is kept for
   a generator's frame, nor for a frame object's, whatever its byte says (it
   is copied with the frame).  A mark goes when the C function returns that
   pushed it, which called what is above.  A greenlet that is switched away
   takes its part of the C stack and its data stack with it and gets them back
   as they were; that its frames are linked differently for whoever looks at
   it meanwhile, is undone before it runs.

   What the walk reads of them is the same.  Whose code is, is settled before
   it runs.  A mark says what it says until it goes.  Who acts at the base of
   a thread, or of a greenlet, does not change while it runs, but for the
   anchor, which tells the thread's own stack from a greenlet's: when it comes
   and goes, all is forgotten.  Who started the process, and permits, which
   come and go on stacks that stand still, are joined to what is found after
   the walk.  And what the policies say of those who act is another question.

   The frame at the top has an entry of its own, so that a loop that does one
   thing after another asks once, however deep it stands.  Frames come and go
   there at the same address, but each begins with a byte that is zero.  (Where
   a coroutine is made it is the next frame, for the one at the top is that of
   the coroutine's function, and ends.)  Only such walks are kept there as
   found nothing but who acts: there is code on the stack, and no body of the
   standard library's is near.

   A strict policy's walk keeps nothing: what it finds behind a frame depends
   on whether the application stands above it.

   Called by: policy_stack.c. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_tail.h"
#include "pycore_principal.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <stddef.h>               // offsetof()

/* It was padding, so that no size and no other offset has changed. */
static_assert(offsetof(_PyInterpreterFrame, policy_tail)
                  == offsetof(_PyInterpreterFrame, owner) + 1
              && offsetof(_PyInterpreterFrame, localsplus)
                  == offsetof(_PyInterpreterFrame, owner) + 2,
              "policy_tail is not where there was a hole");
static_assert(_PyPolicyTail_TOP <= 127, "its numbers fit in a char");

static bool
is_on_data_stack(const PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    const _PyStackChunk *chunk = tstate->datastack_chunk;
    while (chunk != NULL
           && (uintptr_t)f - (uintptr_t)chunk >= chunk->size)
    {
        chunk = chunk->previous;
    }
    return chunk != NULL;
}

bool
_PyPolicyTail_AreKept(PyThreadState *tstate)
{
    return !tstate->interp->policy.foreign_frames;
}

const struct _PyPolicyTail *
_PyPolicyTail_Of(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    const struct _PyPolicyTail *tail = _PyPolicyTail_Entry(tstate, frame);
    return tail != NULL && _PyPolicyTail_AreKept(tstate)
           && is_on_data_stack(tstate, frame) ? tail : NULL;
}

const struct _PyPolicyTail *
_PyPolicyTail_Keep(PyThreadState *tstate, _PyInterpreterFrame *frame,
                   struct _PyPolicyTail tail)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    uint32_t at = thread->next_tail % _PyPolicy_TAILS;
    assert(frame->owner == FRAME_OWNED_BY_THREAD);
    tail.frame = frame;
    thread->tails[at] = tail;
    thread->next_tail = at + 1;
    frame->policy_tail = (char)(at + 1);
    return &thread->tails[at];
}

void
_PyPolicyTail_Forget(PyThreadState *tstate)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (thread->next_tail != 0
        || thread->tails[_PyPolicyTail_TOP - 1].frame != NULL)
    {
        memset(thread->tails, 0, sizeof(thread->tails));
        thread->next_tail = 0;
    }
}

void
_PyPrincipal_EvaluatorSet(PyInterpreterState *interp)
{
    interp->policy.foreign_frames = 1;
}

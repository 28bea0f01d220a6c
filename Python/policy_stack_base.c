/* What does a stack inherit that its frames do not show?

   At its base the thread remembers who started it; the main thread's base is
   nobody, that is the application.  A thread that native code made has no
   base: nobody can be named, nothing is granted.  A stack that does not end at
   the mark with which the thread began is a greenlet's, which has a base of
   its own (policy_greenlet.c).

   And permits: they hold for whoever runs in their blocks, wherever the
   application or the body of a module stands in between, so they are looked
   for behind the frames that end a walk.

   Called by: policy_stack.c and its kind, where they come to the end of a
   stack; policy_capture.c and policy_setup.c, which say who the base is. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_greenlet.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_stack_base.h"
#include "pycore_policy_tail.h"
#include "pycore_principal.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

void
_PyPolicyStack_SetBase(PyThreadState *tstate, uint32_t set)
{
    _PyPrincipal_Appears(set);
    ((_PyThreadStateImpl *)tstate)->policy.base = set + 1;
    _PyPolicyTail_Forget(tstate);
}

/* Is a stack, whose outermost frame is `last`, not the one that the runtime
   began on this thread, but a greenlet's? */
static inline bool
is_foreign(const struct _PyPolicyThread *thread,
           const _PyInterpreterFrame *last)
{
    return thread->anchored
           && !(last != NULL && last->owner == FRAME_OWNED_BY_CSTACK
                && last->f_executable == _PyPolicyMark_CODE
                && ((const _PyPolicyMark *)last)->anchor);
}

uint32_t
_PyPolicyStack_BaseOf(PyThreadState *tstate, const _PyInterpreterFrame *last)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    return is_foreign(thread, last) ? _PyPolicyGreenlet_Base(tstate)
           : thread->base == 0 ? _PyPrincipal_UNKNOWN : thread->base - 1;
}

/* Permits hold for whoever runs in their blocks, so they are looked for
   behind the frames that end the walk, up to the segment's base, which has
   inherited its own. */
static uint32_t
join_blocks(PyThreadState *tstate, uint32_t set)
{
    const _PyInterpreterFrame *f = tstate->current_frame, *last = NULL;
    bool blocks = _Py_atomic_load_int_relaxed(&_PyPolicy_Blocks) > 0;
    for (; f != NULL; last = f, f = f->previous) {
        if (f->owner != FRAME_OWNED_BY_CSTACK) {
            if (blocks) {
                set = _PyPolicyScope_JoinFrame(set, f);
            }
            continue;
        }
        const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
        if (mark != NULL) {
            set = _PyPrincipal_Join(set, _PyPolicyNarrow_PermitsOf(mark->set));
            if (mark->stop) {
                return set;
            }
        }
    }
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    if (is_foreign(thread, last)) {
        if (blocks) {
            set = _PyPolicyScope_JoinThread(set, tstate);
        }
        set = _PyPrincipal_Join(set, _PyPolicyGreenlet_Permits());
    }
    if (thread->base != 0) {
        set = _PyPrincipal_Join(set,
                                _PyPolicyNarrow_PermitsOf(thread->base - 1));
    }
    return set;
}

uint32_t
_PyPolicyStack_Narrowed(PyThreadState *tstate, uint32_t set)
{
    return _PyPolicyNarrow_IsUsed() ? join_blocks(tstate, set) : set;
}

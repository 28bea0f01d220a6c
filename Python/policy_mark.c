/* What stands on a stack where no Python frame can tell who acts?

   A mark: a frame without code, which C code links into the interpreter's
   chain of frames and takes out again when it is done.  Whoever walks the
   stack tells it from the interpreter's own shims, which belong to the C
   stack as well, by what it has where a frame has its code, and reads the set
   that is beside it.

   The chain is all that holds it.  So it is in the right place as long as
   what is above it runs, whatever is switched, suspended or unwound: a mark
   lies on the C stack of the function that pushed it, and that function calls
   what is above.

   A mark at the bottom of a thread's stack, the anchor, stands for nobody.  It
   shows that the stack is the one that the runtime began there, at whose base
   the thread knows who acts, and not a greenlet's (policy_stack_base.c).

   Called by: whatever runs something for somebody who has no frame there
   (policy_capture.c, policy_deferred*.c, principal_load.c, ...). */

#include "Python.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_tail.h"
#include "pycore_principal.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

/* The function that runs in, or below, a frame; NULL: none does. */
static PyObject *
running(const _PyInterpreterFrame *f)
{
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK) {
        f = f->previous;
    }
    return f != NULL ? f->f_funcobj : NULL;
}

void
_PyPolicyMark_Push(PyThreadState *tstate, _PyPolicyMark *mark, uint32_t set,
                   bool stop)
{
    /* Of a frame that is the C stack's nothing else is looked at, except that
       typing's types ask whichever frame is the innermost for its function,
       to tell the module that they are made in. */
    _PyInterpreterFrame *f = &mark->frame;
    f->f_executable = _PyPolicyMark_CODE;
    f->previous = tstate->current_frame;
    f->f_funcobj = running(f->previous);
    f->instr_ptr = NULL;
    f->stacktop = 0;
    f->return_offset = 0;
    f->owner = FRAME_OWNED_BY_CSTACK;
    f->policy_tail = 0;
    _PyPrincipal_Appears(set);
    mark->set = set;
    mark->initializes = _PyPrincipal_STDLIB;
    mark->stop = stop;
    mark->own = false;
    mark->anchor = false;
    tstate->current_frame = f;
}

void
_PyPolicyMark_Pop(PyThreadState *tstate, _PyPolicyMark *mark)
{
    assert(tstate->current_frame == &mark->frame);
    tstate->current_frame = mark->frame.previous;
}

void
_PyPolicyMark_PushAnchor(PyThreadState *tstate, _PyPolicyMark *mark)
{
    _PyPolicyMark_Push(tstate, mark, _PyPrincipal_STDLIB, false);
    mark->anchor = true;
    ((_PyThreadStateImpl *)tstate)->policy.anchored = 1;
    _PyPolicyTail_Forget(tstate);
}

void
_PyPolicyMark_PopAnchor(PyThreadState *tstate, _PyPolicyMark *mark)
{
    ((_PyThreadStateImpl *)tstate)->policy.anchored = 0;
    _PyPolicyTail_Forget(tstate);
    _PyPolicyMark_Pop(tstate, mark);
}

/* Who called whom, as a message tells it?

   The walk of policy_stack.c once more, but for readers: a step for each
   principal that is met, with the line where it stands.  It goes further than
   the walk where that helps: behind the body of a module stands whoever
   imported it, which is no part of the verdict and often the only name that
   the reader knows.

   Called by: whoever writes a denial, and importpolicy.drop() and permit(),
   which want to know the line that calls them. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_beyond.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_stack_base.h"
#include "pycore_policy_stack_chain.h"
#include "pycore_policy_stack_found.h"

static bool
add_step(_PyPolicyStep *steps, size_t *n, size_t max, uint32_t set,
         PyCodeObject *code, int line)
{
    if (*n > 0 && steps[*n - 1].set == set) {
        return true;
    }
    if (*n == max) {
        return false;
    }
    steps[(*n)++] = (_PyPolicyStep){.set = set, .code = code, .line = line};
    return true;
}

size_t
_PyPolicyStack_Chain(PyThreadState *tstate, _PyPolicyStep *steps, size_t max)
{
    size_t n = 0;
    _PyInterpreterFrame *f = tstate->current_frame;
    const _PyInterpreterFrame *outermost = NULL;
    for (; f != NULL; outermost = f, f = f->previous) {
        if (f->owner == FRAME_OWNED_BY_CSTACK) {
            const _PyPolicyMark *mark = _PyPolicyMark_Of(f);
            uint32_t by = mark ? _PyPolicyNarrow_Strip(mark->set)
                               : _PyPrincipal_STDLIB;
            if (by != _PyPrincipal_STDLIB) {
                add_step(steps, &n, max, by, NULL, 0);
            }
            continue;
        }
        PyCodeObject *code = (PyCodeObject *)f->f_executable;
        uint32_t set = code->_co_principal & _PyPrincipal_SET;
        uint32_t by = _PyPolicyNarrow_Strip(_PyPolicyStack_BuilderOf(f));
        if (set == _PyPrincipal_STDLIB) {
            const _PyPolicyMark *mark = _PyPolicyStack_FoundBy(tstate, f);
            by = mark != NULL ? mark->set : by;
            if (by != _PyPrincipal_STDLIB) {
                add_step(steps, &n, max, by, NULL, 0);
            }
            continue;
        }
        int at = (int)(f->instr_ptr - _PyCode_CODE(code));
        int line = PyCode_Addr2Line(code, at * (int)sizeof(_Py_CODEUNIT));
        if (!add_step(steps, &n, max, set, code, line)
            || (set == _PyPrincipal_APPLICATION && !_PyPolicyBeyond_Wanted))
        {
            return n;
        }
        if (by != _PyPrincipal_STDLIB) {
            add_step(steps, &n, max, by, NULL, 0);
        }
        /* Who imported a module whose body acts is no part of the verdict,
           but it is where the reader finds a name that he knows. */
    }
    uint32_t base = _PyPolicyNarrow_Strip(
        _PyPolicyStack_BaseOf(tstate, outermost));
    if (base != _PyPrincipal_STDLIB) {
        add_step(steps, &n, max, base, NULL, 0);
    }
    return n;
}

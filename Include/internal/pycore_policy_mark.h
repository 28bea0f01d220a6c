/* What stands on a stack where no Python frame can tell who acts? */

#ifndef Py_INTERNAL_POLICY_MARK_H
#define Py_INTERNAL_POLICY_MARK_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame

#include <stdbool.h>
#include <stdint.h>

/* A mark is a frame without code on the interpreter's frame chain.  C code
   pushes one where Python frames cannot tell who acts: at the start of a
   deferred call, around an extension module's initialisation.  It lives on
   the C stack of whoever pushes it, so greenlets and generators carry it
   along with the frames above it, in the right place. */
typedef struct {
    _PyInterpreterFrame frame;  /* first: the chain links this */
    uint32_t set;               /* who acts in what runs above */
    uint32_t initializes;       /* whose extension module is initialised
                                   right above; STDLIB: nobody's */
    bool stop;                  /* nobody below acts: a segment's base */
    bool own;                   /* the interpreter imports for itself */
    bool anchor;                /* the bottom of the stack that the runtime
                                   itself began on this thread */
} _PyPolicyMark;

/* What a mark has where a frame has its code.  The interpreter's own shims
   have None there. */
#define _PyPolicyMark_CODE Py_Ellipsis

/* The mark that a frame owned by the C stack is; NULL: it is a shim. */
static inline const _PyPolicyMark *
_PyPolicyMark_Of(const _PyInterpreterFrame *f)
{
    return f->f_executable == _PyPolicyMark_CODE ? (const _PyPolicyMark *)f
                                                 : NULL;
}

/* Must be paired on the same thread; Pop restores the chain exactly. */
extern void _PyPolicyMark_Push(PyThreadState *tstate, _PyPolicyMark *mark,
                               uint32_t set, bool stop);
extern void _PyPolicyMark_Pop(PyThreadState *tstate, _PyPolicyMark *mark);

/* Mark the bottom of a thread's stack, and take the mark away. */
extern void _PyPolicyMark_PushAnchor(PyThreadState *tstate,
                                     _PyPolicyMark *mark);
extern void _PyPolicyMark_PopAnchor(PyThreadState *tstate,
                                    _PyPolicyMark *mark);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_MARK_H */

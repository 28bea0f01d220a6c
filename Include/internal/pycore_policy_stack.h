/* Who is acting, here and now? */

#ifndef Py_INTERNAL_POLICY_STACK_H
#define Py_INTERNAL_POLICY_STACK_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_stack_innermost.h"    // who looks no further
#include "pycore_policy_tail.h"
#include "pycore_principal.h"
#include "pycore_interp.h"        // all that _PyThreadStateImpl needs

/* Who built the generator whose frame this is?  STDLIB when its code says all
   that there is to say, or it is another frame. */
static inline uint32_t
_PyPolicyStack_BuilderOf(_PyInterpreterFrame *f)
{
    return f->owner == FRAME_OWNED_BY_GENERATOR
           ? _PyFrame_GetGenerator(f)->_gi_principal : _PyPrincipal_STDLIB;
}

static inline bool
_PyPolicyStack_IsBuilt(_PyInterpreterFrame *f)
{
    return _PyPolicyStack_BuilderOf(f) != _PyPrincipal_STDLIB;
}

typedef struct {
    uint32_t set;               /* all who act; STDLIB when nobody does */
    uint32_t inner;             /* the innermost of them, when it is a frame
                                   that says so; else STDLIB */
    bool interpreter;           /* there is no code on the stack and nobody
                                   at its base: what is done is done by the
                                   interpreter, for whoever started it */
    bool nobody;                /* nobody acts, or only whoever started this
                                   process */
    bool stdlib_body;           /* the innermost code that is not a plain
                                   standard-library function is the body of
                                   a standard-library module in its first
                                   genuine load */
    bool shows;                 /* what somebody says is a loader is asked for
                                   source there, to be shown to everybody */
} _PyPolicyActing;

/* The acting set, by the rule of Doc/importpolicy/rule.rst: from the
   innermost frame outwards, standard library skipped, to the innermost
   application frame, module body or base; and whoever started the process. */
PyAPI_FUNC(_PyPolicyActing) _PyPolicyStack_Acting(PyThreadState *tstate);

/* acting.set alone, and in *stdlib_body what is called so above: for those who
   write down who acts. */
extern uint32_t _PyPolicyStack_Set(PyThreadState *tstate, bool *stdlib_body);

/* The same without the frame at the top, which ends when it has made what
   it makes (a coroutine): whose that is has to be joined to it. */
extern uint32_t _PyPolicyStack_SetBelow(PyThreadState *tstate,
                                        bool *stdlib_body);

/* From now on frames do not tell all: the process has a starter, a policy
   wants to know who stands beyond the application, or there is a permit. */
extern void _PyPolicyStack_LookFurther(void);
extern int _PyPolicyStack_Further;

/* The short way to the same answer.  Is it the usual stack: functions of the
   standard library and of one principal, or of none, down to the innermost
   frame of the application?  Then *met is whose they are, and the function
   below says who acts.  False as well when that is too far away. */
PyAPI_FUNC(bool) _PyPolicyStack_LooksUsual(PyThreadState *tstate,
                                           uint32_t *met);

static inline bool
_PyPolicyStack_IsUsual(PyThreadState *tstate, uint32_t *met)
{
    if (_Py_atomic_load_int_relaxed(&_PyPolicyStack_Further)) {
        return false;
    }
    const struct _PyPolicyTail *top = _PyPolicyTail_OfFirst(
        tstate, tstate->current_frame);
    if (top != NULL) {
        *met = top->set;
        return top->inner == top->set;
    }
    return _PyPolicyStack_LooksUsual(tstate, met);
}

static inline _PyPolicyActing
_PyPolicyStack_Usual(uint32_t met)
{
    return (_PyPolicyActing){
        .set = met, .inner = met, .nobody = met == _PyPrincipal_STDLIB,
    };
}

/* Is nobody on this stack but the interpreter, because there is nobody yet?
   (A thread that native code made has no base.) */
static inline bool
_PyPolicyStack_IsAlone(PyThreadState *tstate)
{
    return _Py_atomic_load_int_relaxed(&_PyPrincipal_Alone)
           && ((_PyThreadStateImpl *)tstate)->policy.base
              == 1 + _PyPrincipal_STDLIB;
}

/* Is the innermost code that is not a plain standard-library function the
   body of a standard-library module?  `stdlib_body` as above, where it is
   all that matters; false may mean that it takes the whole walk to know. */
extern bool _PyPolicyStack_StdlibBody(PyThreadState *tstate);

/* Does no code run on the thread, and nothing that somebody registered? */
extern bool _PyPolicyStack_IsEmpty(PyThreadState *tstate);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_H */

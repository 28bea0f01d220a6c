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
#include "pycore_policy_denial.h" // _PyPolicyStep
#include "pycore_policy_tail.h"
#include "pycore_principal.h"
#include "pycore_interp.h"        // all that _PyThreadStateImpl needs

/* A mark is a frame without code on the interpreter's frame chain.  C code
   pushes one where Python frames cannot tell who acts: at the start of a
   deferred call, around an extension module's initialisation.  It lives on
   the C stack of whoever pushes it, so greenlets and generators carry it
   along with the frames above it, in the right place. */
typedef struct {
    _PyInterpreterFrame frame;  /* first: the chain links this */
    uint32_t set;               /* who acts in what runs above */
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

/* Who built the generator of the standard library whose frame this is?  STDLIB
   when nobody needs to be remembered, or it is another frame. */
static inline uint32_t
_PyPolicyStack_BuilderOf(_PyInterpreterFrame *f)
{
    return f->owner == FRAME_OWNED_BY_GENERATOR
           ? _PyFrame_GetGenerator(f)->_gi_principal : _PyPrincipal_STDLIB;
}

/* Give a new thread, or a new interpreter's first one, its base. */
extern void _PyPolicyStack_SetBase(PyThreadState *tstate, uint32_t set);

/* Must be paired on the same thread; Pop restores the chain exactly. */
extern void _PyPolicyMark_Push(PyThreadState *tstate, _PyPolicyMark *mark,
                               uint32_t set, bool stop);
extern void _PyPolicyMark_Pop(PyThreadState *tstate, _PyPolicyMark *mark);

/* Mark the bottom of a thread's stack, and take the mark away. */
extern void _PyPolicyMark_PushAnchor(PyThreadState *tstate,
                                     _PyPolicyMark *mark);
extern void _PyPolicyMark_PopAnchor(PyThreadState *tstate,
                                    _PyPolicyMark *mark);

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
} _PyPolicyActing;

/* The acting set, by the rule of Doc/importpolicy/rule.rst: from the
   innermost frame outwards, standard library skipped, to the innermost
   application frame, module body or base; and whoever started the process. */
PyAPI_FUNC(_PyPolicyActing) _PyPolicyStack_Acting(PyThreadState *tstate);

/* From now on frames do not tell all: the process has a starter, a policy
   wants to know who stands beyond the application, or there is a permit. */
extern void _PyPolicyStack_LookFurther(void);
extern int _PyPolicyStack_Further;

/* The short way to the same answer.  Is it the usual stack: functions of the
   standard library and of one principal, or of none, down to the innermost
   frame of the application?  Then *met is whose they are, and the function
   below says who acts.  False as well when that is too far away, or C code
   has called Python code in between. */
PyAPI_FUNC(bool) _PyPolicyStack_LooksUsual(PyThreadState *tstate,
                                           uint32_t *met);

static inline bool
_PyPolicyStack_IsUsual(PyThreadState *tstate, uint32_t *met)
{
    return !_Py_atomic_load_int_relaxed(&_PyPolicyStack_Further)
           && (_PyPolicyTail_KnowsTop(tstate, met)
               || _PyPolicyStack_LooksUsual(tstate, met));
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

/* The set joined with the permits in whose blocks this is (see
   pycore_policy_narrow.h). */
extern uint32_t _PyPolicyStack_Narrowed(PyThreadState *tstate, uint32_t set);

/* Is the code that executes an import just now a statement in the standard
   library itself, or the interpreter, which needs the module for itself?
   (The import system's own frames are looked through.) */
extern bool _PyPolicyStack_StdlibStatement(PyThreadState *tstate);

/* Is it the interpreter itself that does something for itself? */
extern bool _PyPolicyStack_IsOwn(PyThreadState *tstate);

/* Whose statement sets or deletes an attribute here and now, under a name
   that stands in its code?  UNKNOWN: the innermost code does something else
   (a call, of setattr() for one). */
extern uint32_t _PyPolicyStack_Storing(PyThreadState *tstate);

/* And is the object what a global name in that code, or an attribute of one,
   stands for, and not what somebody handed over? */
extern bool _PyPolicyStack_StoresInGlobal(PyThreadState *tstate);

/* The global variables of that code; borrowed, or NULL. */
extern PyObject *_PyPolicyStack_Globals(PyThreadState *tstate);

/* Is the innermost code that is not a plain standard-library function the
   body of a standard-library module?  `stdlib_body` as above, where it is
   all that matters; false may mean that it takes the whole walk to know. */
extern bool _PyPolicyStack_StdlibBody(PyThreadState *tstate);

/* Is the innermost frame this function (NULL: any) of the import system?  Is
   it code of the standard library in one of these files (ends of paths, NULL
   at the end)? */
extern bool _PyPolicyStack_ImportSystem(PyThreadState *tstate,
                                        const char *function);
/* The first question, and was that function called by the import system? */
extern bool _PyPolicyStack_ImportSystemCalls(PyThreadState *tstate,
                                             const char *function);
extern bool _PyPolicyStack_StdlibFile(PyThreadState *tstate,
                                      const char *const *files);

/* Is the innermost code a function of the standard library with one of these
   names (NULL at the end)? */
extern bool _PyPolicyStack_StdlibFunction(PyThreadState *tstate,
                                          const char *const *names);

/* Does no code run on the thread, and nothing that somebody registered? */
extern bool _PyPolicyStack_IsEmpty(PyThreadState *tstate);

/* The innermost principal (set) alone.
   APPLICATION when nobody acts, STDLIB when nobody does during start-up. */
extern uint32_t _PyPolicyStack_Innermost(PyThreadState *tstate);

/* Whose is code that is made now?  The innermost principal's, unless the
   import system makes it for a loader: then nobody knows (UNKNOWN). */
extern uint32_t _PyPolicyStack_Maker(PyThreadState *tstate);

/* The same walk as Acting, written down for a message: at most n steps. */
extern size_t _PyPolicyStack_Chain(PyThreadState *tstate,
                                   _PyPolicyStep *steps, size_t n);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_H */

/* How does code get from a file into the interpreter with its owner's mark? */

#ifndef Py_INTERNAL_PRINCIPAL_LOAD_H
#define Py_INTERNAL_PRINCIPAL_LOAD_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_lock.h"          // _PyOnceFlag
#include "pycore_policy_gate.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

/* --- Functions of the module _imp ---------------------------------------

   None of them lets its caller say whose code it is.  Those of
   _PyPrincipal_IMP_METHODS are always there; the others, which the standard
   library calls when the first says so, only under a policy and for it alone
   (policy_library.c). */

extern PyObject *_PyPolicyGate_HasPolicy(PyObject *, PyObject *);
extern PyObject *_PyPolicyGate_ImportCheck(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_GetCode(PyObject *, PyObject *const *,
                                      Py_ssize_t);
extern PyObject *_PyPrincipal_LoadPthLine(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_ForClassOf(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_WeakParts(PyObject *, PyObject *const *,
                                        Py_ssize_t);

#define _PyPrincipal_IMP_METHODS                                            \
    {"has_policy", _PyPolicyGate_HasPolicy, METH_NOARGS, NULL},             \
    {"get_code", _PyCFunction_CAST(_PyPrincipal_GetCode), METH_FASTCALL,    \
     NULL},                                                                 \
    {"import_check", _PyPolicyGate_ImportCheck, METH_O, NULL},

/* Whose is code that the place says is of `set`, where no import would have
   looked for it?  The application's only when nobody else has it loaded:
   whoever does may have written it. */
extern uint32_t _PyPrincipalLoad_Chosen(uint32_t set);

/* principal_archive.c: the code of a member, which is read here, for the
   module at `path`; NULL with an exception set. */
extern PyObject *_PyPrincipal_LoadZipCode(PyObject *archive, PyObject *member,
                                          PyObject *path);

/* --- Seams of the interpreter ------------------------------------------- */

/* The code of the frozen module of that name, marked as the standard
   library's; without a name it is somebody's own data, and like any other
   marshalled code.  NULL with an exception set. */
extern PyObject *_PyPrincipal_UnmarshalFrozen(const char *data,
                                              Py_ssize_t size,
                                              PyObject *name);

/* Start-up, with the frozen half of importlib that is there already: its
   functions are looked through when a statement is looked for.  0, or -1 with
   an exception set. */
extern int _PyPrincipal_MarkImportSystem(PyObject *module);

/* import.c, update_code_filenames(): some of the library's code is known by
   its file (policy_stack_callers.c), and got that name when it was loaded. */
static inline bool
_PyPrincipal_KeepsFile(const PyCodeObject *code)
{
    return _PyPolicy_IsActive()
           && (code->_co_principal & _PyPrincipal_SET) == _PyPrincipal_STDLIB;
}

/* PyImport_ImportModule() of a module of the standard library that the
   interpreter needs for itself. */
extern PyObject *_PyPrincipal_ImportOwn(const char *name);

/* Python-ast.c: make what is made once, as _PyOnceFlag_CallOnce() does, and
   as the standard library's, whoever needs it first. */
extern int _PyPrincipal_CallOnceOwn(_PyOnceFlag *flag, _Py_once_fn_t *fn,
                                    void *arg);

static inline int
_PyPrincipal_CallOnce(_PyOnceFlag *flag, _Py_once_fn_t *fn, void *arg)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_CallOnceOwn(flag, fn, arg)
                            : _PyOnceFlag_CallOnce(flag, fn, arg);
}

/* While the C loader compiles, unmarshals or marshals for the import system,
   which raises events: what happens then in this very frame is its own.
   Stop() is given what Start() returned. */
extern const struct _PyInterpreterFrame *_PyPrincipal_StartMarshal(void);
extern void _PyPrincipal_StopMarshal(const struct _PyInterpreterFrame *outer);

/* Unmarshal with every code object in it marked as that set's. */
extern PyObject *_PyPrincipal_Unmarshal(const char *data, Py_ssize_t size,
                                        uint32_t set);

/* Mark a code object and all that are nested in it. */
extern void _PyPrincipal_MarkTree(PyCodeObject *code, uint32_t id);

/* Let a tree of code say that it comes from another file. */
extern void _PyPrincipal_Rename(PyCodeObject *code, PyObject *path);

/* A tree that is marked is the body of a module of that set's. */
extern void _PyPrincipal_Finish(PyCodeObject *code, uint32_t set);

/* Is a compiled file of that set's, which this interpreter has not written
   itself, to be believed for the module of that name?  Only where the set may
   use native code.  And the same as an access: 0, or -1 with AccessDenied. */
extern bool _PyPrincipal_BelievesPyc(uint32_t set, const char *module);
extern int _PyPrincipal_JudgePyc(uint32_t set, const char *module);

/* The code of a module: compiled from source (bytes), or out of the contents
   of a compiled file, whose code objects then say that they come from `path`
   (NULL: as they did).  The module's name and the file it is read from are
   for errors.  Marked as that set's, the
   top level as a body; NULL with an exception set. */
extern PyObject *_PyPrincipal_CompileSource(PyObject *source, PyObject *path,
                                            uint32_t set);
extern PyObject *_PyPrincipal_CodeOfPyc(PyObject *data, PyObject *name,
                                        PyObject *from, PyObject *path,
                                        uint32_t set);

/* principal_code.c.  The code to bind or execute here instead of `code`: a
   new reference to it or to a copy that belongs to its owner and to whoever
   acts now; NULL with an exception set. */
extern PyObject *_PyPrincipal_AdoptCode(PyObject *code);
extern PyObject *_PyPrincipal_ExecutedCode(PyObject *code,
                                           PyObject *globals,
                                           PyObject *locals);
extern PyCodeObject *_PyPrincipal_JoinParts(PyCodeObject *made,
                                            PyCodeObject *old);

/* The same as seams: without a policy, `code` itself. */
static inline PyObject *
_PyPrincipal_Adopt(PyObject *code)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_AdoptCode(code)
                                : Py_NewRef(code);
}

/* Does the code belong to exactly whose function is innermost?  Then there is
   nobody to join. */
static inline bool
_PyPrincipal_IsInnermost(PyObject *code)
{
    const _PyInterpreterFrame *f = _PyThreadState_GET()->current_frame;
    uint32_t id = ((PyCodeObject *)code)->_co_principal;
    return f != NULL && f->owner != FRAME_OWNED_BY_CSTACK
           && ((PyCodeObject *)f->f_executable)->_co_principal == id
           && id - _PyPrincipal_APPLICATION < _PyPrincipal_SET;
}

/* *code, borrowed, is about to be executed.  When it becomes other code for
   that, *joint is a reference to it, else NULL.  0, or -1 with an exception
   set. */
static inline int
_PyPrincipal_Executed(PyObject **code, PyObject *globals, PyObject *locals,
                      PyObject **joint)
{
    *joint = NULL;
    if (_PyPolicy_IsActive() && !_PyPrincipal_IsInnermost(*code)) {
        *code = *joint = _PyPrincipal_ExecutedCode(*code, globals, locals);
    }
    return *code == NULL ? -1 : 0;
}

/* Code that was made from parts which its maker handed over: of `old`
   (code.replace()), or of anything (NULL: CodeType()).  It belongs to the
   owner of `old` too, and code that is nested in it to its maker too.  Steals
   `made`, which may be NULL; NULL with an exception set. */
static inline PyCodeObject *
_PyPrincipal_FromParts(PyCodeObject *made, PyCodeObject *old)
{
    return _PyPolicy_Judges && made != NULL
           ? _PyPrincipal_JoinParts(made, old) : made;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_LOAD_H */

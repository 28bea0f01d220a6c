/* How does code get from a file into the interpreter with its owner's mark? */

#ifndef Py_INTERNAL_PRINCIPAL_LOAD_H
#define Py_INTERNAL_PRINCIPAL_LOAD_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_gate.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"

/* --- Functions of the module _imp ---------------------------------------

   None of them lets its caller say whose code it is.  Without a policy they
   return at once what keeps the import system on its ordinary way. */

extern PyObject *_PyPrincipal_LoadCode(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_LoadZipCode(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_LoadPthLine(PyObject *, PyObject *);
extern PyObject *_PyPolicyGate_ImportCheck(PyObject *, PyObject *);
extern PyObject *_PyPrincipal_CaptureCalls(PyObject *, PyObject *);

#define _PyPrincipal_IMP_METHODS                                            \
    {"load_code", _PyPrincipal_LoadCode, METH_VARARGS, NULL},               \
    {"load_zip_code", _PyPrincipal_LoadZipCode, METH_VARARGS, NULL},        \
    {"load_pth_line", _PyPrincipal_LoadPthLine, METH_VARARGS, NULL},        \
    {"import_check", _PyPolicyGate_ImportCheck, METH_O, NULL},              \
    {"capture_calls", _PyPrincipal_CaptureCalls, METH_VARARGS, NULL},

/* --- Seams of the interpreter ------------------------------------------- */

/* Code that was unmarshalled from the frozen module of that name is the
   standard library's.  `code` may be NULL. */
extern void _PyPrincipal_MarkFrozen(PyObject *code, PyObject *name);

/* Start-up: the functions of importlib's two frozen halves are looked
   through when a statement is looked for. */
extern void _PyPrincipal_MarkImportSystem(PyObject *module);

/* Unmarshal with every code object in it marked as that set's. */
extern PyObject *_PyPrincipal_Unmarshal(const char *data, Py_ssize_t size,
                                        uint32_t set);

/* principal_code.c.  The code to bind or execute here instead of `code`: a
   new reference to it or to a copy that belongs to its owner and to whoever
   acts now; NULL with an exception set. */
extern PyObject *_PyPrincipal_AdoptCode(PyObject *code);
extern PyObject *_PyPrincipal_ExecutedCode(PyObject *code,
                                           PyObject *globals);
extern uint32_t _PyPrincipal_MakerWith(PyCodeObject *code);

/* The same as seams: without a policy, `code` itself. */
static inline PyObject *
_PyPrincipal_Adopt(PyObject *code)
{
    return _PyPolicy_Active ? _PyPrincipal_AdoptCode(code) : Py_NewRef(code);
}

static inline PyObject *
_PyPrincipal_Executed(PyObject *code, PyObject *globals)
{
    return _PyPolicy_Active ? _PyPrincipal_ExecutedCode(code, globals)
                            : Py_NewRef(code);
}

/* code.replace(): what was made of `old` is its owner's too. */
static inline void
_PyPrincipal_Replaced(PyCodeObject *made, PyCodeObject *old)
{
    if (_PyPolicy_Active && made != NULL) {
        made->_co_principal = _PyPrincipal_MakerWith(old);
    }
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_LOAD_H */

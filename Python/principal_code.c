/* To whom does code belong that is made just now?

   Code from a file is marked by principal_load.c.  Everything else that
   makes code (compile, exec of text, CodeType, replace, marshal, ast) ends in
   one function of upstream's, which asks here; the answer is the innermost
   principal on the stack: whoever made it, whatever it calls itself.

   Someone else's code with own globals is the other half.  A function that
   reads `requests.get.__code__` and runs it over a dictionary of its own is
   a puppet: the frames look like requests, the hands are the stranger's.  So
   whoever binds or executes code that is not his gets a copy that belongs
   to both, down to the functions nested in it.  That is the price of having
   the identity in the code object, and it is only paid in this rare case.

   One exception makes the import system work: the top-level code of a
   module, as the C loader made it, executed in a module dictionary that
   nobody has put anything in, is the genuine load of that module, whoever
   set it off. */

#include "Python.h"
#include "pycore_code.h"          // _PyCode_New()
#include "pycore_dict.h"
#include "pycore_interp.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

uint32_t
_PyPrincipal_Maker(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t loading = ((_PyThreadStateImpl *)tstate)->policy.loading;
    return loading ? loading - 1 : _PyPolicyStack_Innermost(tstate);
}

/* New content from old code: a mix of both, never transparent unless the
   standard library itself is at work. */
uint32_t
_PyPrincipal_MakerWith(PyCodeObject *code)
{
    return _PyPrincipal_Join(
        code->_co_principal & _PyPrincipal_SET,
        _PyPolicyStack_Innermost(_PyThreadState_GET()));
}

/* --- Copies ------------------------------------------------------------- */

static PyObject *copy_constants(PyObject *consts, uint32_t id);

static PyCodeObject *
copy_code(PyCodeObject *code, uint32_t id, bool nested)
{
    PyObject *bytecode = _PyCode_GetCode(code);
    PyObject *consts = nested ? copy_constants(code->co_consts, id)
                              : Py_NewRef(code->co_consts);
    PyCodeObject *copy = NULL;
    if (bytecode != NULL && consts != NULL) {
        struct _PyCodeConstructor parts = {
            .filename = code->co_filename,
            .name = code->co_name,
            .qualname = code->co_qualname,
            .flags = code->co_flags,
            .code = bytecode,
            .firstlineno = code->co_firstlineno,
            .linetable = code->co_linetable,
            .consts = consts,
            .names = code->co_names,
            .localsplusnames = code->co_localsplusnames,
            .localspluskinds = code->co_localspluskinds,
            .argcount = code->co_argcount,
            .posonlyargcount = code->co_posonlyargcount,
            .kwonlyargcount = code->co_kwonlyargcount,
            .stacksize = code->co_stacksize,
            .exceptiontable = code->co_exceptiontable,
        };
        copy = _PyCode_New(&parts);
    }
    Py_XDECREF(bytecode);
    Py_XDECREF(consts);
    if (copy != NULL) {
        copy->_co_principal = id;
    }
    return copy;
}

static PyObject *
copy_constants(PyObject *consts, uint32_t id)
{
    Py_ssize_t n = PyTuple_GET_SIZE(consts);
    PyObject *copy = PyTuple_New(n);
    for (Py_ssize_t i = 0; copy != NULL && i < n; i++) {
        PyObject *item = PyTuple_GET_ITEM(consts, i);
        if (PyCode_Check(item)) {
            PyCodeObject *code = (PyCodeObject *)item;
            uint32_t own = code->_co_principal & _PyPrincipal_SET;
            item = (PyObject *)copy_code(code, _PyPrincipal_Join(own, id),
                                         true);
            if (item == NULL) {
                Py_CLEAR(copy);
                break;
            }
        }
        else {
            Py_INCREF(item);
        }
        PyTuple_SET_ITEM(copy, i, item);
    }
    return copy;
}

/* --- Foreign hands ------------------------------------------------------ */

PyObject *
_PyPrincipal_AdoptCode(PyObject *object)
{
    PyCodeObject *code = (PyCodeObject *)object;
    uint32_t set = code->_co_principal & _PyPrincipal_SET;
    uint32_t maker = _PyPolicyStack_Innermost(_PyThreadState_GET());
    uint32_t joint = _PyPrincipal_Join(set, maker);
    if (set == _PyPrincipal_STDLIB && maker == _PyPrincipal_APPLICATION) {
        /* Unchanged code of the standard library stays transparent: as the
           application's it would end walks that it should not end. */
        joint = set;
    }
    if (joint == code->_co_principal) {
        return Py_NewRef(object);
    }
    return (PyObject *)copy_code(code, joint, joint != set);
}

/* Has nobody put anything in this module's dictionary but the import
   system? */
static bool
is_untouched(PyObject *globals)
{
    static const char *const NAMES[] = {
        "__name__", "__doc__", "__package__", "__loader__", "__spec__",
        "__path__", "__file__", "__cached__", "__builtins__", NULL
    };
    if (!PyDict_CheckExact(globals)) {
        return false;
    }
    PyInterpreterState *interp = _PyInterpreterState_GET();
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(globals, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) {
            return false;
        }
        int i = 0;
        while (NAMES[i] && !_PyUnicode_EqualToASCIIString(key, NAMES[i])) {
            i++;
        }
        if (NAMES[i] == NULL) {
            return false;
        }
        if (_PyUnicode_EqualToASCIIString(key, "__builtins__")
            && value != interp->builtins
            && !(PyModule_Check(value)
                 && PyModule_GetDict(value) == interp->builtins))
        {
            return false;
        }
        if (_PyUnicode_EqualToASCIIString(key, "__name__")
            && PyUnicode_CheckExact(value)
            && _PyUnicode_EqualToASCIIString(value, "__main__"))
        {
            return false;
        }
    }
    return true;
}

PyObject *
_PyPrincipal_ExecutedCode(PyObject *object, PyObject *globals)
{
    PyCodeObject *code = (PyCodeObject *)object;
    if ((code->_co_principal & _PyPrincipal_BODY) && is_untouched(globals)) {
        return Py_NewRef(object);
    }
    return _PyPrincipal_AdoptCode(object);
}

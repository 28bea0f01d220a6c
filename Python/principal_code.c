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
#include "pycore_policy_patch.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

uint32_t
_PyPrincipal_Maker(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (((_PyThreadStateImpl *)tstate)->policy.marshalling
        && _PyPolicyStack_ImportSystem(tstate, NULL))
    {
        /* The C loader marks it when all of it is there. */
        return _PyPrincipal_UNKNOWN;
    }
    return _PyPolicyStack_Maker(tstate);
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

/* Is there code in it that does not belong to all of `id` yet? */
static bool
has_other_code(PyObject *consts, uint32_t id)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(consts); i++) {
        PyObject *item = PyTuple_GET_ITEM(consts, i);
        if (PyCode_Check(item)) {
            PyCodeObject *code = (PyCodeObject *)item;
            if (_PyPrincipal_Join(code->_co_principal & _PyPrincipal_SET, id)
                    != code->_co_principal
                || has_other_code(code->co_consts, id))
            {
                return true;
            }
        }
    }
    return false;
}

static PyObject *
copy_constants(PyObject *consts, uint32_t id)
{
    if (!has_other_code(consts, id)) {
        return Py_NewRef(consts);
    }
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

PyCodeObject *
_PyPrincipal_JoinParts(PyCodeObject *made, PyCodeObject *old)
{
    /* New content from old code is a mix of both, and never transparent
       unless the standard library itself is at work. */
    uint32_t id = _PyPolicyStack_Innermost(_PyThreadState_GET());
    if (old != NULL) {
        id = _PyPrincipal_Join(old->_co_principal & _PyPrincipal_SET, id);
    }
    /* Functions are made of nested code without another question, over the
       globals of whoever runs this. */
    PyObject *consts = copy_constants(made->co_consts, id);
    if (consts == NULL) {
        Py_DECREF(made);
        return NULL;
    }
    made->_co_principal = id;
    Py_SETREF(made->co_consts, consts);
    return made;
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
   system?  Its own keys are interned, so their addresses tell; a key that
   is not costs a copy of the code and nothing else. */
static bool
is_untouched(PyObject *globals)
{
    if (!PyDict_CheckExact(globals)) {
        return false;
    }
    PyInterpreterState *interp = _PyInterpreterState_GET();
    Py_ssize_t at = 0;
    PyObject *key, *value;
    while (PyDict_Next(globals, &at, &key, &value)) {
        if (key == &_Py_ID(__builtins__)) {
            if (value != interp->builtins
                && !(PyModule_Check(value)
                     && PyModule_GetDict(value) == interp->builtins))
            {
                return false;
            }
        }
        else if (key == &_Py_ID(__name__)) {
            if (!PyUnicode_CheckExact(value)
                || _PyUnicode_EqualToASCIIString(value, "__main__"))
            {
                return false;
            }
        }
        else if (key != &_Py_ID(__doc__) && key != &_Py_ID(__package__)
                 && key != &_Py_ID(__loader__) && key != &_Py_ID(__spec__)
                 && key != &_Py_ID(__path__) && key != &_Py_ID(__file__)
                 && !(PyUnicode_CheckExact(key)
                      && _PyUnicode_EqualToASCIIString(key, "__cached__")))
        {
            return false;
        }
    }
    return true;
}

PyObject *
_PyPrincipal_ExecutedCode(PyObject *object, PyObject *globals,
                          PyObject *locals)
{
    PyCodeObject *code = (PyCodeObject *)object;
    if ((code->_co_principal & _PyPrincipal_BODY) && locals == globals
        && is_untouched(globals))
    {
        _PyPolicyPatch_BodyRuns(globals,
                                code->_co_principal & _PyPrincipal_SET);
        return Py_NewRef(object);
    }
    return _PyPrincipal_AdoptCode(object);
}

/* To whom does code belong that is made just now?

   Code from a file is marked by principal_load.c.  Everything else that
   makes code (compile, exec of text, CodeType, replace, marshal, ast) ends in
   one function of upstream's, which asks here; the answer is the innermost
   principal on the stack, whatever the code calls itself, together with all
   who act there: a package that makes code of others' texts would otherwise
   lend them its name for ever.  Hosts have no part in it.

   Someone else's code with own globals is the other half.  A function that
   reads `requests.get.__code__` and runs it over a dictionary of its own is
   a puppet: the frames look like requests, the hands are the stranger's.  So
   whoever binds or executes code that is not his gets a copy that belongs
   to both, down to the functions nested in it.  That is the price of having
   the identity in the code object, and it is only paid in this rare case.

   What a trusted loader makes, and whom it makes it for, has a file of its
   own, principal_loader.c.

   One exception makes the import system work: the top-level code of a
   module, as the C loader made it, executed in a module dictionary that
   nobody has put anything in, is the genuine load of that module, whoever
   set it off. */

#include "Python.h"
#include "pycore_code.h"          // _PyCode_New()
#include "pycore_dict.h"
#include "pycore_interp.h"
#include "pycore_policy_access.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_principal_loader.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"        // _PySecman_JudgeEvent()
#include "pycore_tstate.h"        // _PyThreadStateImpl

static Py_NO_INLINE uint32_t
maker_on_stack(PyThreadState *tstate, PyObject *filename)
{
    uint32_t set = _PyPolicyStack_Maker(tstate);
    _PyPrincipal_Appears(set);
    if (set < _PyPrincipal_FIRST) {
        return set;
    }
    return _PyPrincipal_IsLoader(set)
           ? _PyPrincipal_MadeByLoader(tstate, set, filename)
           : _PyPrincipal_Join(set, _PyPrincipal_BesidesLoader(tstate, set));
}

uint32_t
_PyPrincipal_Maker(PyObject *filename)
{
    PyThreadState *tstate = _PyThreadState_GET();
    const struct _PyInterpreterFrame *loads =
        ((_PyThreadStateImpl *)tstate)->policy.marshalling;
    if (loads != NULL && loads == tstate->current_frame) {
        /* The C loader marks it when all of it is there. */
        return _PyPolicyStack_IsAlone(tstate)
               ? _PyPrincipal_STDLIB | _PyPrincipal_UNTOLD
               : _PyPrincipal_UNKNOWN;
    }
    return maker_on_stack(tstate, filename);
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
        _PyPrincipal_Appears(id);
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
                    != (code->_co_principal & ~_PyPrincipal_LOOKS)
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

/* --- Raw parts ---------------------------------------------------------- */

/* Names are interned: no comparison that a subclass could answer. */
static bool
same_names(PyObject *a, PyObject *b)
{
    Py_ssize_t n = PyTuple_GET_SIZE(a);
    for (Py_ssize_t i = 0; i < n && n == PyTuple_GET_SIZE(b); i++) {
        if (PyTuple_GET_ITEM(a, i) != PyTuple_GET_ITEM(b, i)) {
            return false;
        }
    }
    return n == PyTuple_GET_SIZE(b);
}

static bool
same_bytes(PyObject *a, PyObject *b)
{
    Py_ssize_t n = PyBytes_GET_SIZE(a);
    return n == PyBytes_GET_SIZE(b)
           && memcmp(PyBytes_AS_STRING(a), PyBytes_AS_STRING(b), n) == 0;
}

/* Is nothing else new than how the code is called, and perhaps the flag that
   types.coroutine() sets?  Constants are compared by identity: what is equal
   may be of another type. */
static bool
is_harmless(PyCodeObject *made, PyCodeObject *old)
{
    int set = made->co_flags & ~old->co_flags;
    if (made->co_consts != old->co_consts
        || made->co_names != old->co_names
        || made->co_linetable != old->co_linetable
        || made->co_exceptiontable != old->co_exceptiontable
        || (made->co_flags & old->co_flags) != old->co_flags
        || (set & ~CO_ITERABLE_COROUTINE) != 0
        || made->co_argcount != old->co_argcount
        || made->co_posonlyargcount != old->co_posonlyargcount
        || made->co_kwonlyargcount != old->co_kwonlyargcount
        || made->co_stacksize != old->co_stacksize
        || !same_names(made->co_localsplusnames,
                       old->co_localsplusnames)
        || !same_bytes(made->co_localspluskinds,
                       old->co_localspluskinds))
    {
        return false;
    }
    PyObject *a = _PyCode_GetCode(made), *b = _PyCode_GetCode(old);
    bool result = a != NULL && b != NULL && same_bytes(a, b);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

/* Between the beginning of code.replace() and its audit event, which does not
   say what is new.  It is judged when the code is there, and nothing depends
   on this variable but which of the two comes first. */
static _Thread_local bool replacing, managed_replace;

void
_PyPrincipal_NoteReplace(void)
{
    /* Alone, the event is not judged and would leave the note behind. */
    replacing = !_PyPolicyStack_IsAlone(_PyThreadState_GET());
    managed_replace = true;
}

bool
_PyPrincipal_IsManagedReplace(void)
{
    bool result = managed_replace;
    managed_replace = false;
    return result;
}

bool
_PyPrincipal_IsReplace(void)
{
    bool result = replacing;
    replacing = false;
    return result;
}

/* Bytecode is not checked: whoever can make it of raw parts can do what
   native code can. */
static int
judge_parts(PyThreadState *tstate, PyCodeObject *made, PyCodeObject *old)
{
    if (!_PyPolicyGate_Restricts(_PyPolicy_FFI)
        || (old != NULL && is_harmless(made, old)))
    {
        return PyErr_Occurred() ? -1 : 0;
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI, .event = "code.__new__",
        .target = {.port = -1},
    };
    return _PyPolicyGate_Access(tstate, &access);
}

/* The event again, for managers that let pass what might be harmless. */
static int
ask_managers(PyThreadState *tstate, PyCodeObject *made, PyCodeObject *old)
{
    if (!(_PyPolicy_Judges & _PyPolicy_MANAGES)
        || (old != NULL && made->co_filename == old->co_filename
            && made->co_qualname == old->co_qualname
            && is_harmless(made, old)))
    {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *code = _PyCode_GetCode(made);
    PyObject *args = code == NULL ? NULL : Py_BuildValue(
        "(OOOiiiiii)", code, made->co_filename, made->co_name,
        made->co_argcount, made->co_posonlyargcount,
        made->co_kwonlyargcount, made->co_nlocals, made->co_stacksize,
        made->co_flags);
    managed_replace = false;
    int result = args == NULL ? -1
        : _PySecman_JudgeEvent(tstate, "code.__new__", false, NULL, NULL,
                               args);
    Py_XDECREF(code);
    Py_XDECREF(args);
    return result;
}

PyCodeObject *
_PyPrincipal_JoinParts(PyCodeObject *made, PyCodeObject *old)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if ((_PyPolicy_Active && judge_parts(tstate, made, old) < 0)
        || ask_managers(tstate, made, old) < 0)
    {
        Py_DECREF(made);
        return NULL;
    }
    if (!_PyPolicy_Active) {
        return made;
    }
    /* New content from old code is a mix of both, and never transparent
       unless the standard library itself is at work. */
    uint32_t id = _PyPolicyStack_Innermost(tstate);
    if (_PyPrincipal_IsLoader(id)) {
        id = _PyPrincipal_MadeByLoader(tstate, id, made->co_filename);
    }
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
    _PyPrincipal_Appears(id);
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
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t maker = _PyPolicyStack_Innermost(tstate);
    if (set != _PyPrincipal_STDLIB && set != maker
        && _PyPrincipal_IsLoader(maker))
    {
        maker = _PyPrincipal_BesidesLoader(tstate, maker);
    }
    uint32_t joint = _PyPrincipal_Join(set, maker);
    if (set == _PyPrincipal_STDLIB && maker == _PyPrincipal_APPLICATION) {
        /* Unchanged code of the standard library stays transparent: as the
           application's it would end walks that it should not end. */
        joint = set;
    }
    if (joint == (code->_co_principal & ~_PyPrincipal_LOOKS)) {
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
    if (_PyPolicyStack_IsAlone(_PyThreadState_GET())) {
        return true;            /* there is nobody else yet */
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

/* Security managers as Python code has them.

   Handles without decisions: permissions and targets are immutable, a manager
   is changed by set_permission() alone, which raises its audit event first, as
   all do that change what is in force.  Whether they may, the managers in
   force say (Python/secman.c).

   The types are immutable, so that nobody can put a method of his own in
   their place; a class that inherits from SecurityManagerBase is its author's
   business.

   Lib/secman is the public face. */

#include "_secman_handles.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_denial.h" // _PyPolicyDenial_SecurityError()
#include "pycore_pystate.h"       // _PyThreadState_GET()

_PySecmanState *
_PySecman_StateOf(PyTypeObject *type)
{
    PyObject *module = PyType_GetModuleByDef(type, &_PySecman_Definition);
    return module ? PyModule_GetState(module) : NULL;
}

/* --- Functions ----------------------------------------------------------- */

/* (manager, thread_id=None), for the event `name`. */
static _PySecman *
read_call(PyObject *module, PyObject *args, PyObject *kwargs,
          const char *name, unsigned long *thread_id, PyObject **object)
{
    static char *const keywords[] = {"manager", "thread_id", NULL};
    _PySecmanState *state = PyModule_GetState(module);
    PyObject *thread = Py_None;
    *thread_id = _PySecman_EVERYONE;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", (char **)keywords,
                                     object, &thread))
    {
        return NULL;
    }
    if (!PyObject_TypeCheck(*object, state->base)) {
        PyErr_Format(PyExc_TypeError, "manager must be a SecurityManagerBase,"
                     " not %.100s", Py_TYPE(*object)->tp_name);
        return NULL;
    }
    if (thread != Py_None) {
        *thread_id = PyLong_AsUnsignedLong(thread);
        if (PyErr_Occurred()) {
            return NULL;
        }
        if (*thread_id == _PySecman_EVERYONE) {
            PyErr_SetString(PyExc_ValueError, "0 is no thread's id");
            return NULL;
        }
    }
    if (PySys_Audit(name, "OO", *object, thread) < 0) {
        return NULL;
    }
    return _PySecmanHandle_Manager(*object);
}

PyDoc_STRVAR(add_doc,
"add_manager($module, /, manager, thread_id=None)\n--\n\n"
"Put a manager in force, for all threads or the one of that id.");

static PyObject *
add_manager(PyObject *module, PyObject *args, PyObject *kwargs)
{
    unsigned long thread_id;
    PyObject *object;
    _PySecman *manager = read_call(module, args, kwargs,
                                   "secman.add_manager", &thread_id, &object);
    if (manager == NULL
        || (_Py_atomic_load_ssize(&manager->installs) == 0
            && manager->object == NULL
            && _PySecmanCheck_Capture(manager, object, _PySecmanHandle_On,
                                      _PySecmanHandle_Dispatch,
                                      _PySecmanHandle_NewFor) < 0)
        || _PySecman_Add(manager, thread_id) < 0)
    {
        if (manager != NULL
            && _Py_atomic_load_ssize(&manager->installs) == 0)
        {
            PyObject *exception = PyErr_GetRaisedException();
            _PySecmanCheck_Forget(manager);
            PyErr_SetRaisedException(exception);
        }
        return NULL;
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(remove_doc,
"remove_manager($module, /, manager, thread_id=None)\n--\n\n"
"Take a manager out again.");

static PyObject *
remove_manager(PyObject *module, PyObject *args, PyObject *kwargs)
{
    unsigned long thread_id;
    PyObject *object;
    _PySecman *manager = read_call(module, args, kwargs,
                                   "secman.remove_manager", &thread_id,
                                   &object);
    int result = manager ? _PySecman_Remove(manager, thread_id) : -1;
    if (result == 0) {
        PyErr_SetString(PyExc_ValueError,
                        "this manager is not in force there");
    }
    return result == 1 ? Py_NewRef(Py_None) : NULL;
}

static PyMethodDef methods[] = {
    {"add_manager", (PyCFunction)(void (*)(void))add_manager,
     METH_VARARGS | METH_KEYWORDS, add_doc},
    {"remove_manager", (PyCFunction)(void (*)(void))remove_manager,
     METH_VARARGS | METH_KEYWORDS, remove_doc},
    {NULL, NULL, 0, NULL}
};

/* --- The module ---------------------------------------------------------- */

static int
exec_module(PyObject *module)
{
    _PySecmanState *state = PyModule_GetState(module);
    if (_PyInterpreterState_GET()->policy.permission_types != NULL) {
        /* Its classes are the interpreter's; others would not be. */
        PyErr_SetString(PyExc_ImportError, "_secman is loaded already");
        return -1;
    }
    PyObject *error = _PyPolicyDenial_SecurityError(_PyThreadState_GET());
    if (error == NULL
        || PyModule_AddObjectRef(module, "SecurityError", error) < 0
        || _PySecmanHandle_AddTargets(module, state) < 0
        || _PySecmanHandle_AddManagers(module, state) < 0)
    {
        return -1;
    }
    /* The last, for then it is loaded. */
    return _PySecmanHandle_AddPermissions(module, state);
}

static int
traverse_module(PyObject *module, visitproc visit, void *arg)
{
    _PySecmanState *state = PyModule_GetState(module);
    Py_VISIT(state->target);
    Py_VISIT(state->permission);
    Py_VISIT(state->base);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(state->targets); i++) {
        Py_VISIT(state->targets[i]);
    }
    return 0;
}

static int
clear_module(PyObject *module)
{
    _PySecmanState *state = PyModule_GetState(module);
    Py_CLEAR(state->target);
    Py_CLEAR(state->permission);
    Py_CLEAR(state->base);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(state->targets); i++) {
        Py_CLEAR(state->targets[i]);
    }
    return 0;
}

static void
free_module(void *module)
{
    (void)clear_module((PyObject *)module);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, exec_module},
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};

PyDoc_STRVAR(module_doc, "What lies below the secman package.");

struct PyModuleDef _PySecman_Definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_secman",
    .m_doc = module_doc,
    .m_size = sizeof(_PySecmanState),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse_module,
    .m_clear = clear_module,
    .m_free = free_module,
};

PyMODINIT_FUNC
PyInit__secman(void)
{
    return PyModuleDef_Init(&_PySecman_Definition);
}

/* Handles of security managers.

   A handle decides nothing.  Its methods raise an audit event before they show
   or change anything; the managers in force, this one perhaps among them, say
   whether they may. */

#include "_secman_handles.h"
#include "pycore_policy_denial.h" // _PyPolicyDenial_SecurityError()
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

typedef struct {
    PyObject_HEAD
    _PySecman *manager;
} ManagerObject;

_PySecman *
_PySecmanHandle_Manager(PyObject *op)
{
    return ((ManagerObject *)op)->manager;
}

static PyObject *
manager_new(PyTypeObject *type, PyObject *Py_UNUSED(args),
            PyObject *Py_UNUSED(kwargs))
{
    _PySecmanState *state = _PySecman_StateOf(type);
    if (state == NULL) {
        return NULL;
    }
    if (type == state->base) {
        PyErr_SetString(PyExc_TypeError, "SecurityManagerBase is for classes "
                        "to inherit from; use SecurityManager");
        return NULL;
    }
    ManagerObject *self = (ManagerObject *)type->tp_alloc(type, 0);
    if (self != NULL && (self->manager = _PySecman_New(false)) == NULL) {
        PyErr_NoMemory();
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static int
manager_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *const keywords[] = {"verbose", NULL};
    int verbose = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:SecurityManager",
                                     (char **)keywords, &verbose))
    {
        return -1;
    }
    _PySecman *manager = _PySecmanHandle_Manager(self);
    if (_Py_atomic_load_ssize(&manager->installs) > 0) {
        PyErr_SetString(PyExc_RuntimeError, "the manager is in force");
        return -1;
    }
    manager->verbose = verbose;
    return 0;
}

static void
manager_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    _PySecman_Release(_PySecmanHandle_Manager(self));
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
manager_set_permission(PyObject *self, PyObject *permission)
{
    _PySecmanState *state = _PySecman_StateOf(Py_TYPE(self));
    if (state == NULL) {
        return NULL;
    }
    if (!PyObject_TypeCheck(permission, state->permission)) {
        PyErr_Format(PyExc_TypeError, "a Permission is needed, not %.100s",
                     Py_TYPE(permission)->tp_name);
        return NULL;
    }
    if (PySys_Audit("secman.set_permission", "OO", self, permission) < 0
        || _PySecman_Set(_PySecmanHandle_Manager(self),
                         _PySecmanHandle_Permission(permission)) < 0)
    {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* A str, or the class of a family. */
static int
read_subject(PyObject *subject, const char **event, int *family)
{
    *event = NULL;
    *family = PyType_Check(subject)
        ? _PySecmanHandle_FamilyOfType((PyTypeObject *)subject) : -1;
    if (PyUnicode_Check(subject)) {
        *event = PyUnicode_AsUTF8(subject);
        return *event == NULL ? -1 : 0;
    }
    if (*family < 0) {
        PyErr_SetString(PyExc_TypeError,
                        "the name of an event or a family's class is needed");
        return -1;
    }
    return 0;
}

static PyObject *
manager_get_permission(PyObject *self, PyObject *subject)
{
    const char *event;
    int family;
    if (read_subject(subject, &event, &family) < 0
        || PySys_Audit("secman.get_permission", "OO", self, subject) < 0)
    {
        return NULL;
    }
    _PySecman *manager = _PySecmanHandle_Manager(self);
    PyMutex_Lock(&manager->mutex);
    _PySecmanPermission *found = _PySecmanTable_Find(manager->table, event,
                                                     family);
    if (found != NULL) {
        (void)_PySecmanPermission_Share(found);
    }
    PyMutex_Unlock(&manager->mutex);
    if (found != NULL) {
        return _PySecmanHandle_NewPermission(found);
    }
    if (event != NULL) {
        family = _PySecman_FamilyOf(event);
    }
    return _PySecmanHandle_NewPermission(
        _PySecmanPermission_New(event, family, false, NULL, 0));
}

static PyObject *
manager_permissions(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    if (PySys_Audit("secman.get_permission", "OO", self, Py_None) < 0) {
        return NULL;
    }
    _PySecman *manager = _PySecmanHandle_Manager(self);
    PyObject *all = PyList_New(0), *result = NULL;
    PyMutex_Lock(&manager->mutex);
    _PySecmanTable *table = _PySecmanTable_With(manager->table, NULL);
    PyMutex_Unlock(&manager->mutex);
    if (table == NULL) {
        PyErr_NoMemory();
    }
    for (size_t i = 0; all != NULL && table != NULL && i < table->n; i++) {
        PyObject *item = _PySecmanHandle_NewPermission(
            _PySecmanPermission_Share(table->permissions[i]));
        if (item == NULL || PyList_Append(all, item) < 0) {
            Py_CLEAR(all);
        }
        Py_XDECREF(item);
    }
    if (all != NULL && table != NULL) {
        result = PyList_AsTuple(all);
    }
    _PySecmanTable_Free(table);
    Py_XDECREF(all);
    return result;
}

/* --- What it says, and the methods of classes */

PyObject *
_PySecmanHandle_On(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *permission, *arguments;
    if (!PyArg_ParseTuple(args, "OO:on_family", &permission, &arguments)) {
        return NULL;
    }
    return PyObject_GetAttrString(permission, "allow");
}

/* The nearest on_...() that is not the one above; NULL without an exception:
   there is none. */
static PyObject *
find_method(PyObject *self, const char *event)
{
    int family = _PySecman_FamilyOf(event);
    while (family >= 0) {
        char name[32];
        const _PySecmanFamily *row = _PySecman_FamilyAt(family);
        PyOS_snprintf(name, sizeof(name), "on_%s", row->name);
        PyObject *method = PyObject_GetAttrString(self, name);
        if (method == NULL || !PyCFunction_Check(method)
            || PyCFunction_GET_FUNCTION(method) != _PySecmanHandle_On)
        {
            return method;
        }
        Py_DECREF(method);
        family = row->above;
    }
    return NULL;
}

/* dispatch_audit(event, *args) */
PyObject *
_PySecmanHandle_Dispatch(PyObject *self, PyObject *args)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *result = NULL, *method = NULL, *permission = NULL;
    const char *event = NULL;
    if (PyTuple_GET_SIZE(args) > 0
        && PyUnicode_Check(PyTuple_GET_ITEM(args, 0)))
    {
        event = PyUnicode_AsUTF8(PyTuple_GET_ITEM(args, 0));
    }
    else {
        PyErr_SetString(PyExc_TypeError, "the name of an event is needed");
    }
    PyObject *rest = event
        ? PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args)) : NULL;
    int allow = rest ? _PySecman_Asks(tstate, _PySecmanHandle_Manager(self),
                                      event, rest) : -1;
    if (allow >= 0) {
        method = find_method(self, event);
        if (method == NULL && !PyErr_Occurred()) {
            result = PyBool_FromLong(allow);
        }
    }
    if (method != NULL) {
        permission = _PySecmanHandle_NewFor(event, allow);
        if (permission != NULL) {
            result = PyObject_CallFunctionObjArgs(method, permission, rest,
                                                  NULL);
        }
    }
    Py_XDECREF(permission);
    Py_XDECREF(method);
    Py_XDECREF(rest);
    return result;
}

static PyObject *
manager_is_allowed(PyObject *self, PyObject *args)
{
    PyObject *method = PyObject_GetAttrString(self, "dispatch_audit");
    PyObject *result = method ? PyObject_CallObject(method, args) : NULL;
    Py_XDECREF(method);
    PyObject *error = _PyPolicyDenial_SecurityError(_PyThreadState_GET());
    if (result == NULL && error != NULL && PyErr_ExceptionMatches(error)) {
        PyErr_Clear();
        Py_RETURN_FALSE;
    }
    if (result != NULL) {
        Py_SETREF(result, PyBool_FromLong(result == Py_True));
    }
    return result;
}

#define ON(FAMILY) \
    {"on_" FAMILY, _PySecmanHandle_On, METH_VARARGS, \
     "on_" FAMILY "($self, permission, args, /)\n--\n\n" \
     "Called for events of the family, when a class has its own."}

static PyMethodDef manager_methods[] = {
    {"set_permission", manager_set_permission, METH_O,
     "set_permission($self, permission, /)\n--\n\n"
     "Add a permission, or put it in the place of the one for the same."},
    {"get_permission", manager_get_permission, METH_O,
     "get_permission($self, event, /)\n--\n\n"
     "The permission that decides about an event, or a family's class."},
    {"permissions", manager_permissions, METH_NOARGS,
     "permissions($self, /)\n--\n\nAll of them, as a tuple."},
    {"is_allowed", manager_is_allowed, METH_VARARGS,
     "is_allowed($self, event, /, *args)\n--\n\n"
     "What would it say to this event?"},
    {"dispatch_audit", _PySecmanHandle_Dispatch, METH_VARARGS,
     "dispatch_audit($self, event, /, *args)\n--\n\n"
     "Decide about an event: True, False, or an exception."},
    ON("generic"), ON("security"), ON("process"), ON("io"), ON("file"),
    ON("socket"), ON("network"), ON("ftp"), ON("telnet"), ON("imap"),
    ON("pop"), ON("nntp"), ON("smtp"), ON("sql"), ON("sqlite3"), ON("meta"),
    ON("reflection"), ON("code"), ON("debug"), ON("native"), ON("ctypes"),
    ON("cpython"),
    {NULL, NULL, 0, NULL}
};

static PyType_Slot base_slots[] = {
    {Py_tp_doc, "What security managers have in common."},
    {Py_tp_new, manager_new},
    {Py_tp_init, manager_init},
    {Py_tp_dealloc, manager_dealloc},
    {Py_tp_methods, manager_methods},
    {0, NULL}
};

static PyType_Spec base_spec = {
    .name = "secman.SecurityManagerBase",
    .basicsize = sizeof(ManagerObject),
    .flags = _PySecman_TYPE_FLAGS | Py_TPFLAGS_BASETYPE,
    .slots = base_slots,
};

/* preset(name): made of what secman._presets writes down. */
static PyObject *
manager_preset(PyObject *cls, PyObject *args, PyObject *kwargs)
{
    PyObject *presets = PyImport_ImportModule("secman._presets");
    PyObject *make = presets ? PyObject_GetAttrString(presets, "make") : NULL;
    PyObject *all = make ? PyTuple_New(PyTuple_GET_SIZE(args) + 1) : NULL;
    PyObject *result = NULL;
    if (all != NULL) {
        PyTuple_SET_ITEM(all, 0, Py_NewRef(cls));
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++) {
            PyTuple_SET_ITEM(all, i + 1,
                             Py_NewRef(PyTuple_GET_ITEM(args, i)));
        }
        result = PyObject_Call(make, all, kwargs);
    }
    Py_XDECREF(all);
    Py_XDECREF(make);
    Py_XDECREF(presets);
    return result;
}

static PyMethodDef preset_methods[] = {
    {"preset", (PyCFunction)(void (*)(void))manager_preset,
     METH_VARARGS | METH_KEYWORDS | METH_CLASS,
     "preset($type, name, /, *, verbose=False)\n--\n\n"
     "A manager for an application, a library or untrusted code."},
    {NULL, NULL, 0, NULL}
};

static PyType_Slot manager_slots[] = {
    {Py_tp_doc, "SecurityManager(verbose=False)\n--\n\n"
                "Refuses every audit event that no permission covers."},
    {Py_tp_methods, preset_methods},
    {0, NULL}
};

static PyType_Spec manager_spec = {
    .name = "secman.SecurityManager",
    .basicsize = sizeof(ManagerObject),
    .flags = _PySecman_TYPE_FLAGS | Py_TPFLAGS_BASETYPE,
    .slots = manager_slots,
};

/* --- The classes --------------------------------------------------------- */

int
_PySecmanHandle_AddManagers(PyObject *module, _PySecmanState *state)
{
    state->base = (PyTypeObject *)PyType_FromModuleAndSpec(module, &base_spec,
                                                           NULL);
    if (state->base == NULL || PyModule_AddType(module, state->base) < 0) {
        return -1;
    }
    PyObject *type = PyType_FromModuleAndSpec(module, &manager_spec,
                                              (PyObject *)state->base);
    int result = type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
    Py_XDECREF(type);
    return result;
}

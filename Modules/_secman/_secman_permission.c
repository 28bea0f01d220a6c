/* Handles of permissions, and the classes of the families of events.

   A permission is immutable.  There is a class for each family, which inherits
   from that of the family above, so that isinstance() asks what one would
   think; its instances cover the family, or one of its events. */

#include "_secman_handles.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_pystate.h"       // _PyInterpreterState_GET()

#include <string.h>

typedef struct {
    PyObject_HEAD
    _PySecmanPermission *permission;
} PermissionObject;

_PySecmanPermission *
_PySecmanHandle_Permission(PyObject *op)
{
    return ((PermissionObject *)op)->permission;
}

static void
permission_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    _PySecmanPermission_Free(_PySecmanHandle_Permission(self));
    type->tp_free(self);
    Py_DECREF(type);
}

/* The number of a family by its class, -1 for that of all; borrowed types
   are in the interpreter, by family. */
int
_PySecmanHandle_FamilyOfType(PyTypeObject *type)
{
    PyObject *types = _PyInterpreterState_GET()->policy.permission_types;
    Py_ssize_t n = types ? PyTuple_GET_SIZE(types) : 0;
    for (; type != NULL; type = type->tp_base) {
        for (Py_ssize_t i = 0; i < n; i++) {
            if ((PyObject *)type == PyTuple_GET_ITEM(types, i)) {
                return (int)i;
            }
        }
    }
    return -1;
}

/* NULL with an exception set when the interpreter has given them up. */
static PyTypeObject *
type_of_family(int family)
{
    PyObject *types = _PyInterpreterState_GET()->policy.permission_types;
    if (types == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "the interpreter ends");
        return NULL;
    }
    return (PyTypeObject *)PyTuple_GET_ITEM(types, family);
}

static bool
is_within(int family, int above)
{
    while (family >= 0 && family != above) {
        family = _PySecman_FamilyAt(family)->above;
    }
    return family == above;
}

/* Steals the permission, which may be NULL. */
static PyObject *
wrap_as(PyTypeObject *type, _PySecmanPermission *permission)
{
    PermissionObject *self = permission && type
        ? (PermissionObject *)type->tp_alloc(type, 0) : NULL;
    if (self == NULL) {
        _PySecmanPermission_Free(permission);
        return NULL;
    }
    self->permission = permission;
    return (PyObject *)self;
}

PyObject *
_PySecmanHandle_NewPermission(_PySecmanPermission *permission)
{
    return permission == NULL ? NULL
        : wrap_as(type_of_family(permission->family), permission);
}

PyObject *
_PySecmanHandle_NewFor(const char *event, bool allow)
{
    int family = _PySecman_FamilyOf(event);
    return _PySecmanHandle_NewPermission(
        _PySecmanPermission_New(event, family, allow, NULL, 0));
}

/* Kinds of targets that the event, or any event of the family, names. */
static uint32_t
kinds_of(const char *event, int family)
{
    uint32_t kinds = 0;
    const _PyPolicyEvent *row;
    for (size_t i = 0; (row = _PyPolicyEvents_At(i)) != NULL; i++) {
        if (event ? strcmp(row->name, event) == 0
                  : is_within(_PySecman_FamilyOf(row->name), family))
        {
            kinds |= _PySecmanTarget_Kinds(row);
        }
    }
    return kinds;
}

/* The targets of a permission: one, or a list or tuple of them. */
static _PySecmanTarget *
copy_targets(_PySecmanState *state, PyObject *given, uint32_t kinds, size_t *n)
{
    *n = 0;
    PyObject *all = PyTuple_Check(given) || PyList_Check(given)
                    ? PySequence_Tuple(given) : PyTuple_Pack(1, given);
    size_t count = all ? (size_t)PyTuple_GET_SIZE(all) : 0;
    _PySecmanTarget *targets = NULL;
    if (all == NULL) {
        return NULL;
    }
    if (count == 0) {
        PyErr_SetString(PyExc_ValueError,
                        "without targets, target is left away");
        goto error;
    }
    targets = PyMem_RawCalloc(count, sizeof(*targets));
    if (targets == NULL) {
        PyErr_NoMemory();
        goto error;
    }
    for (size_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(all, (Py_ssize_t)i);
        if (!PyObject_TypeCheck(item, state->target)) {
            PyErr_Format(PyExc_TypeError, "a target is no %.100s",
                         Py_TYPE(item)->tp_name);
            goto error;
        }
        const _PySecmanTarget *target = _PySecmanHandle_Target(item);
        if (!(kinds >> target->kind & 1)) {
            PyErr_Format(PyExc_ValueError, "this permission is not about "
                         "what a %.50s names", Py_TYPE(item)->tp_name);
            goto error;
        }
        if (_PySecmanTarget_Copy(&targets[i], target) < 0) {
            goto error;
        }
        (*n)++;
    }
    Py_DECREF(all);
    return targets;
error:
    for (size_t i = 0; i < *n; i++) {
        _PySecmanTarget_Clear(&targets[i]);
    }
    PyMem_RawFree(targets);
    Py_DECREF(all);
    return NULL;
}

static PyObject *
make_permission(PyTypeObject *type, const char *event, PyObject *allow,
                PyObject *target)
{
    _PySecmanState *state = _PySecman_StateOf(type);
    int family = _PySecmanHandle_FamilyOfType(type);
    size_t n = 0;
    _PySecmanTarget *targets = NULL;
    if (state == NULL) {
        return NULL;
    }
    if (!PyBool_Check(allow)) {
        PyErr_Format(PyExc_TypeError, "allow must be a bool, not %.100s",
                     Py_TYPE(allow)->tp_name);
        return NULL;
    }
    if (event != NULL) {
        int own = _PySecman_FamilyOf(event);
        if (family >= 0 && !is_within(own, family)) {
            PyErr_Format(PyExc_ValueError, "'%.100s' is no event of the "
                         "family '%s'", event,
                         _PySecman_FamilyAt(family)->name);
            return NULL;
        }
        if (family < 0) {
            type = type_of_family(own);
        }
        family = own;
    }
    if (target != Py_None) {
        targets = copy_targets(state, target, kinds_of(event, family), &n);
        if (targets == NULL) {
            return NULL;
        }
    }
    return wrap_as(type, _PySecmanPermission_New(event, family,
                                              allow == Py_True, targets, n));
}

static PyObject *
permission_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *const with_event[] = {"event", "allow", "target", NULL};
    static char *const by_family[] = {"allow", "target", NULL};
    PyObject *allow, *target = Py_None;
    const char *event;
    bool named = PyTuple_GET_SIZE(args) > 0
        ? PyUnicode_Check(PyTuple_GET_ITEM(args, 0))
        : kwargs != NULL && PyDict_ContainsString(kwargs, "event") == 1;
    if (!named && _PySecmanHandle_FamilyOfType(type) >= 0) {
        return PyArg_ParseTupleAndKeywords(args, kwargs, "O|O:Permission",
                                           (char **)by_family, &allow, &target)
               ? make_permission(type, NULL, allow, target) : NULL;
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "sO|O:Permission",
                                     (char **)with_event, &event, &allow,
                                     &target))
    {
        return NULL;
    }
    return make_permission(type, event, allow, target);
}

static PyObject *
permission_event(PyObject *op, void *Py_UNUSED(closure))
{
    const char *event = _PySecmanHandle_Permission(op)->event;
    return event ? PyUnicode_FromString(event) : Py_NewRef(Py_None);
}

static PyObject *
permission_family(PyObject *op, void *Py_UNUSED(closure))
{
    return PyUnicode_FromString(
        _PySecman_FamilyAt(_PySecmanHandle_Permission(op)->family)->name);
}

static PyObject *
permission_allow(PyObject *op, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(_PySecmanHandle_Permission(op)->allow);
}

static PyObject *
permission_target(PyObject *op, void *Py_UNUSED(closure))
{
    const _PySecmanPermission *permission = _PySecmanHandle_Permission(op);
    _PySecmanState *state = _PySecman_StateOf(Py_TYPE(op));
    PyObject *targets = state ? PyTuple_New((Py_ssize_t)permission->n) : NULL;
    for (size_t i = 0; targets != NULL && i < permission->n; i++) {
        PyObject *item = _PySecmanHandle_NewTarget(state,
                                                   &permission->targets[i]);
        if (item == NULL) {
            Py_CLEAR(targets);
        }
        else {
            PyTuple_SET_ITEM(targets, (Py_ssize_t)i, item);
        }
    }
    return targets;
}

static PyObject *
permission_repr(PyObject *op)
{
    const _PySecmanPermission *permission = _PySecmanHandle_Permission(op);
    PyObject *targets = permission_target(op, NULL), *result = NULL;
    const char *name = permission->event ? "Permission"
                                         : _PyType_Name(Py_TYPE(op));
    const char *allow = permission->allow ? "True" : "False";
    PyObject *event = permission->event
        ? PyUnicode_FromFormat("'%s', ", permission->event)
        : PyUnicode_FromString("");
    if (targets != NULL && event != NULL) {
        result = permission->n == 0
            ? PyUnicode_FromFormat("%s(%U%s)", name, event, allow)
            : PyUnicode_FromFormat("%s(%U%s, target=%R)", name, event, allow,
                                   targets);
    }
    Py_XDECREF(targets);
    Py_XDECREF(event);
    return result;
}

static PyGetSetDef permission_getset[] = {
    {"event", permission_event, NULL,
     "The audit event; None when the family is covered.", NULL},
    {"family", permission_family, NULL, "The name of the family.", NULL},
    {"allow", permission_allow, NULL, "Is it allowed?", NULL},
    {"target", permission_target, NULL,
     "The targets that it speaks of; an empty tuple for all.", NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

PyDoc_STRVAR(permission_doc,
"Permission(event, allow, target=None)\n--\n\n"
"What a manager says to an audit event, on these targets or on all.\n\n"
"The class of a family covers all its events: FilePermission(allow,\n"
"target=None).");

static PyType_Slot permission_slots[] = {
    {Py_tp_doc, (void *)permission_doc},
    {Py_tp_new, permission_new},
    {Py_tp_dealloc, permission_dealloc},
    {Py_tp_repr, permission_repr},
    {Py_tp_getset, permission_getset},
    {0, NULL}
};

static PyType_Spec permission_spec = {
    .name = "secman.Permission",
    .basicsize = sizeof(PermissionObject),
    .flags = _PySecman_TYPE_FLAGS | Py_TPFLAGS_BASETYPE,
    .slots = permission_slots,
};

/* "ftp" is FTPPermission, "file" FilePermission, "cpython"
   CPythonPermission. */
static void
class_name(const char *family, char name[64])
{
    static const char *const SPELLED[][2] = {
        {"cpython", "CPython"}, {"sqlite3", "SQLite3"}, {"imap", "IMAP"},
        {"io", "IO"}, {"ftp", "FTP"}, {"pop", "POP"}, {"nntp", "NNTP"},
        {"smtp", "SMTP"}, {"sql", "SQL"}, {NULL, NULL},
    };
    PyOS_snprintf(name, 64, "secman.%c%sPermission", Py_TOUPPER(family[0]),
                  family + 1);
    for (size_t i = 0; SPELLED[i][0] != NULL; i++) {
        if (strcmp(family, SPELLED[i][0]) == 0) {
            PyOS_snprintf(name, 64, "secman.%sPermission", SPELLED[i][1]);
        }
    }
}

static PyObject *
new_family_type(PyObject *module, _PySecmanState *state, PyObject *types,
                int i)
{
    const _PySecmanFamily *family = _PySecman_FamilyAt(i);
    char name[64];
    PyType_Slot slots[] = {
        {Py_tp_doc, "FamilyPermission(allow, target=None)\n--\n\n"
                    "What a manager says to all events of a family."},
        {0, NULL}
    };
    class_name(family->name, name);
    PyType_Spec spec = {
        .name = name, .basicsize = sizeof(PermissionObject),
        .flags = _PySecman_TYPE_FLAGS | Py_TPFLAGS_BASETYPE, .slots = slots,
    };
    PyObject *base = family->above < 0 ? (PyObject *)state->permission
                     : PyTuple_GET_ITEM(types, family->above);
    return PyType_FromModuleAndSpec(module, &spec, base);
}

int
_PySecmanHandle_AddPermissions(PyObject *module, _PySecmanState *state)
{
    int n = 0;
    while (_PySecman_FamilyAt(n) != NULL) {
        n++;
    }
    PyObject *types = PyTuple_New(n);
    state->permission = (PyTypeObject *)PyType_FromModuleAndSpec(
        module, &permission_spec, NULL);
    if (types == NULL || state->permission == NULL
        || PyModule_AddType(module, state->permission) < 0)
    {
        Py_XDECREF(types);
        return -1;
    }
    for (int i = 0; i < n; i++) {
        PyObject *type = new_family_type(module, state, types, i);
        if (type == NULL
            || PyModule_AddType(module, (PyTypeObject *)type) < 0)
        {
            Py_XDECREF(type);
            Py_DECREF(types);
            return -1;
        }
        PyTuple_SET_ITEM(types, i, type);
    }
    Py_XSETREF(_PyInterpreterState_GET()->policy.permission_types, types);
    return 0;
}

/* Security managers as Python code has them.

   Handles without decisions: permissions and targets are immutable, a manager
   is changed by set_permission() alone, which raises its audit event first, as
   all do that change what is in force.  Whether they may, the managers in
   force say (Python/secman.c).

   The types are immutable, so that nobody can put a method of his own in
   their place; a class that inherits from SecurityManagerBase is its author's
   business.

   Lib/secman is the public face. */

#ifndef Py_BUILD_CORE_BUILTIN
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_fileutils.h"     // _Py_wgetcwd()
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_denial.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"

#include <limits.h>               // PATH_MAX
#include <stddef.h>               // offsetof()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>               // getcwd()

typedef struct {
    PyTypeObject *target;         /* of all targets */
    PyTypeObject *permission;     /* of all permissions */
    PyTypeObject *base;           /* SecurityManagerBase */
    PyTypeObject *targets[8];     /* by place in TARGETS */
} State;

static struct PyModuleDef definition;

static State *
state_of(PyTypeObject *type)
{
    PyObject *module = PyType_GetModuleByDef(type, &definition);
    return module ? PyModule_GetState(module) : NULL;
}

#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE)

/* --- Targets ------------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    _PySecmanTarget target;
} TargetObject;

static void
target_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    _PySecmanTarget_Clear(&((TargetObject *)self)->target);
    type->tp_free(self);
    Py_DECREF(type);
}

static TargetObject *
new_target(PyTypeObject *type, _PyPolicyCapability kind)
{
    TargetObject *self = (TargetObject *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->target.kind = (uint8_t)kind;
        self->target.fd = -1;
        self->target.interp = _PyInterpreterState_GET();
    }
    return self;
}

static int
set_text(TargetObject *self, const char *text)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    self->target.text = _PyMem_RawStrdup(text);
    if (self->target.text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (self->target.kind != _PyPolicy_CODE
        && _PyPolicyTarget_Check((_PyPolicyCapability)self->target.kind, text,
                                 strlen(text), code, what) < 0)
    {
        PyErr_SetString(PyExc_ValueError, what);
        return -1;
    }
    if (text[0] == '!') {
        PyErr_SetString(PyExc_ValueError, "a target does not begin with '!'; "
                        "make a permission that refuses it");
        return -1;
    }
    return 0;
}

/* With one text: HostTarget, ProgramTarget, ModuleTarget, EnvTarget. */
static PyObject *
new_named(PyTypeObject *type, PyObject *args, PyObject *kwargs,
          _PyPolicyCapability kind, const char *keyword)
{
    const char *keywords[] = {keyword, NULL};
    PyObject *bytes;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O&:Target",
                                     (char **)keywords,
                                     PyUnicode_FSConverter, &bytes))
    {
        return NULL;
    }
    TargetObject *self = new_target(type, kind);
    if (self != NULL && set_text(self, PyBytes_AS_STRING(bytes)) < 0) {
        Py_CLEAR(self);
    }
    Py_DECREF(bytes);
    return (PyObject *)self;
}

static PyObject *
host_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return new_named(type, args, kwargs, _PyPolicy_NET, "host");
}

static PyObject *
program_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return new_named(type, args, kwargs, _PyPolicy_RUN, "program");
}

static PyObject *
module_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return new_named(type, args, kwargs, _PyPolicy_FFI, "module");
}

static PyObject *
env_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return new_named(type, args, kwargs, _PyPolicy_ENV, "name");
}

/* --- FileTarget */

static int
read_mode(TargetObject *self, const char *mode)
{
    self->target.reads = strchr(mode, 'r') != NULL;
    self->target.writes = strchr(mode, 'w') != NULL;
    if (strcmp(mode, "r") != 0 && strcmp(mode, "w") != 0
        && strcmp(mode, "rw") != 0)
    {
        PyErr_SetString(PyExc_ValueError, "mode is 'r', 'w' or 'rw'");
        return -1;
    }
    return 0;
}

/* What "$HOME", "$TMP" and "$PREFIX" are here and now; *rest is what stands
   behind.  NULL: it is no such place. */
static const char *
place_of(const char *text, const char **rest, char prefix[PATH_MAX])
{
    const char *value = NULL;
    size_t len = strcspn(text, "/");
    *rest = text + len;
    if (strncmp(text, "$HOME", len) == 0 && len == 5) {
        value = getenv("HOME");
    }
    else if (strncmp(text, "$TMP", len) == 0 && len == 4) {
        value = getenv("TMPDIR");
        value = value != NULL && *value == '/' ? value : "/tmp";
    }
    else if (strncmp(text, "$PREFIX", len) == 0 && len == 7) {
        PyObject *sys_prefix = PySys_GetObject("prefix"), *bytes;
        if (sys_prefix != NULL && PyUnicode_FSConverter(sys_prefix, &bytes)) {
            PyOS_snprintf(prefix, PATH_MAX, "%s", PyBytes_AS_STRING(bytes));
            Py_DECREF(bytes);
            value = prefix;
        }
        PyErr_Clear();
    }
    return value != NULL && *value == '/' ? value : NULL;
}

/* Relative paths are meant from here and now. */
static int
make_absolute(const char *text, char whole[2 * PATH_MAX])
{
    char here[PATH_MAX];
    const char *head = here, *rest = text;
    if (strlen(text) >= PATH_MAX) {
        PyErr_SetString(PyExc_ValueError, "the path is too long");
        return -1;
    }
    if (*text == '/' || *text == '\0') {
        strcpy(whole, text);
        return 0;
    }
    if (*text == '$') {
        head = place_of(text, &rest, here);
        if (head == NULL) {
            PyErr_Format(PyExc_ValueError, "'%s' begins with no place: there "
                         "are $HOME, $TMP and $PREFIX", text);
            return -1;
        }
    }
    else if (getcwd(here, sizeof(here)) == NULL) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    while (strncmp(rest, "./", 2) == 0) {
        rest += 2;
    }
    rest = strcmp(rest, ".") == 0 ? "" : rest;
    size_t len = strlen(head);
    while (len > 0 && head[len - 1] == '/') {
        len--;
    }
    PyOS_snprintf(whole, 2 * PATH_MAX, "%.*s%s%s", (int)len, head,
                  *rest == '\0' || *rest == '/' ? "" : "/", rest);
    if (*whole == '\0') {
        strcpy(whole, "/");
    }
    return 0;
}

static int
set_path(TargetObject *self, PyObject *path)
{
    PyObject *bytes;
    char whole[2 * PATH_MAX];
    if (!PyUnicode_FSConverter(path, &bytes)) {
        return -1;
    }
    int result = make_absolute(PyBytes_AS_STRING(bytes), whole);
    Py_DECREF(bytes);
    return result < 0 ? -1 : set_text(self, whole);
}

/* A copy of the descriptor keeps the file from becoming another one. */
static int
set_file(TargetObject *self, PyObject *file)
{
    struct stat st;
    int fd = PyObject_AsFileDescriptor(file);
    if (fd < 0) {
        return -1;
    }
    _PySecmanTarget given = self->target, copy;
    given.fd = fd;
    if (_PySecmanTarget_Copy(&copy, &given) < 0) {
        return -1;
    }
    self->target = copy;
    if (fstat(copy.fd, &st) < 0) {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    self->target.device = st.st_dev;
    self->target.inode = st.st_ino;
    return 0;
}

static PyObject *
file_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *const keywords[] = {"path", "file", "mode", NULL};
    PyObject *path = Py_None, *file = Py_None;
    const char *mode = "rw";
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$Os:FileTarget",
                                     (char **)keywords, &path, &file, &mode))
    {
        return NULL;
    }
    if ((path == Py_None) == (file == Py_None)) {
        PyErr_SetString(PyExc_TypeError,
                        "FileTarget() needs a path or a file");
        return NULL;
    }
    TargetObject *self = new_target(type, _PyPolicy_READ);
    if (self != NULL
        && (read_mode(self, mode) < 0
            || (path != Py_None ? set_path(self, path)
                                : set_file(self, file)) < 0))
    {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

/* --- CodeTarget and FrameTarget */

static int
set_code(TargetObject *self, PyObject *code)
{
    if (PyMethod_Check(code)) {
        code = PyMethod_GET_FUNCTION(code);
    }
    if (PyFunction_Check(code)) {
        code = PyFunction_GET_CODE(code);
    }
    if (!PyCode_Check(code)) {
        PyErr_Format(PyExc_TypeError,
                     "code must be a code object or a function, not %.100s",
                     Py_TYPE(code)->tp_name);
        return -1;
    }
    self->target.code = Py_NewRef(code);
    return 0;
}

static int
set_code_names(TargetObject *self, const char *file, const char *name)
{
    char *text = PyMem_RawMalloc(strlen(file) + strlen(name) + 3);
    if (text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    sprintf(text, "%c%s\n%s", self->target.frame ? 'f' : 'c', file, name);
    int result = set_text(self, text);
    PyMem_RawFree(text);
    return result;
}

static PyObject *
code_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *const keywords[] = {"code", "filename", "name", NULL};
    PyObject *code = Py_None, *filename = NULL, *name = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O$O&O&:CodeTarget",
                                     (char **)keywords, &code,
                                     PyUnicode_FSConverter, &filename,
                                     PyUnicode_FSConverter, &name))
    {
        Py_XDECREF(filename);
        return NULL;
    }
    TargetObject *self = NULL;
    State *state = state_of(type);
    if ((code != Py_None) == (filename != NULL || name != NULL)) {
        PyErr_SetString(PyExc_TypeError, "either code is needed, or a "
                        "filename, a name or both");
    }
    else if (state != NULL && (self = new_target(type, _PyPolicy_CODE))) {
        self->target.frame = type == state->targets[6];
        int result = code != Py_None ? set_code(self, code)
            : set_code_names(self,
                             filename ? PyBytes_AS_STRING(filename) : "*",
                             name ? PyBytes_AS_STRING(name) : "*");
        if (result < 0) {
            Py_CLEAR(self);
        }
    }
    Py_XDECREF(filename);
    Py_XDECREF(name);
    return (PyObject *)self;
}

/* --- All */

static PyObject *
target_text(PyObject *op, void *Py_UNUSED(closure))
{
    const _PySecmanTarget *target = &((TargetObject *)op)->target;
    if (target->text == NULL) {
        Py_RETURN_NONE;
    }
    /* Of code: what stands behind the letter, FILE, a newline, NAME. */
    return PyUnicode_DecodeFSDefault(target->text
                                     + (target->kind == _PyPolicy_CODE));
}

static PyObject *
target_mode(PyObject *op, void *Py_UNUSED(closure))
{
    const _PySecmanTarget *target = &((TargetObject *)op)->target;
    if (target->kind != _PyPolicy_READ) {
        Py_RETURN_NONE;
    }
    return PyUnicode_FromFormat("%s%s", target->reads ? "r" : "",
                                target->writes ? "w" : "");
}

static PyObject *
target_repr(PyObject *op)
{
    const _PySecmanTarget *target = &((TargetObject *)op)->target;
    const char *name = _PyType_Name(Py_TYPE(op));
    if (target->text == NULL) {
        return PyUnicode_FromFormat("<%s of %s>", name,
                                    target->kind == _PyPolicy_READ
                                    ? "an open file" : "a code object");
    }
    PyObject *text = target_text(op, NULL), *result = NULL;
    if (text != NULL && target->kind == _PyPolicy_READ
        && !(target->reads && target->writes))
    {
        result = PyUnicode_FromFormat("%s(%R, mode='%s')", name, text,
                                      target->reads ? "r" : "w");
    }
    else if (text != NULL) {
        result = PyUnicode_FromFormat("%s(%R)", name, text);
    }
    Py_XDECREF(text);
    return result;
}

static PyGetSetDef target_getset[] = {
    {"text", target_text, NULL, "What is named; None for an object.", NULL},
    {"mode", target_mode, NULL, "'r', 'w' or 'rw'; of files.", NULL},
    {NULL, NULL, NULL, NULL, NULL}
};

static PyType_Slot target_slots[] = {
    {Py_tp_doc, "What a permission speaks of."},
    {Py_tp_dealloc, target_dealloc},
    {Py_tp_repr, target_repr},
    {Py_tp_getset, target_getset},
    {0, NULL}
};

static PyType_Spec target_spec = {
    .name = "secman.Target",
    .basicsize = sizeof(TargetObject),
    .flags = FLAGS | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = target_slots,
};

static const struct {
    const char *name;
    newfunc make;
    const char *doc;
} TARGETS[] = {
    {"secman.FileTarget", file_new,
     "FileTarget(path=None, *, file=None, mode='rw')\n--\n\n"
     "A file, a directory with all below it, or a pattern; or an open file."},
    {"secman.HostTarget", host_new, "HostTarget(host)\n--\n\n"
     "A host, with a port or without, an address range or a Unix socket."},
    {"secman.ProgramTarget", program_new, "ProgramTarget(program)\n--\n\n"
     "A program by its name or its path."},
    {"secman.ModuleTarget", module_new, "ModuleTarget(module)\n--\n\n"
     "A module with all that are below it, or a library."},
    {"secman.EnvTarget", env_new, "EnvTarget(name)\n--\n\n"
     "An environment variable."},
    {"secman.CodeTarget", code_new,
     "CodeTarget(code=None, *, filename=None, name=None)\n--\n\n"
     "A code object, or code that says that it comes from there."},
    {"secman.FrameTarget", code_new,
     "FrameTarget(code=None, *, filename=None, name=None)\n--\n\n"
     "A frame that runs this code."},
};

static int
add_targets(PyObject *module, State *state)
{
    state->target = (PyTypeObject *)PyType_FromModuleAndSpec(
        module, &target_spec, NULL);
    if (state->target == NULL || PyModule_AddType(module, state->target) < 0)
    {
        return -1;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(TARGETS); i++) {
        PyType_Slot slots[] = {
            {Py_tp_new, (void *)TARGETS[i].make},
            {Py_tp_doc, (void *)TARGETS[i].doc},
            {0, NULL}
        };
        PyType_Spec spec = {.name = TARGETS[i].name,
                            .basicsize = sizeof(TargetObject),
                            .flags = FLAGS, .slots = slots};
        PyObject *type = PyType_FromModuleAndSpec(
            module, &spec, (PyObject *)state->target);
        state->targets[i] = (PyTypeObject *)type;
        if (type == NULL || PyModule_AddType(module, state->targets[i]) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The handle of a copy. */
static PyObject *
wrap_target(State *state, const _PySecmanTarget *target)
{
    static const uint8_t kinds[] = {
        _PyPolicy_READ, _PyPolicy_NET, _PyPolicy_RUN, _PyPolicy_FFI,
        _PyPolicy_ENV, _PyPolicy_CODE,
    };
    size_t i = 0;
    while (i + 1 < Py_ARRAY_LENGTH(kinds) && kinds[i] != target->kind) {
        i++;
    }
    PyTypeObject *type = state->targets[i + target->frame];
    TargetObject *self = new_target(type, (_PyPolicyCapability)target->kind);
    _PySecmanTarget copy;
    if (self != NULL && _PySecmanTarget_Copy(&copy, target) < 0) {
        Py_CLEAR(self);
    }
    if (self != NULL) {
        self->target = copy;
    }
    return (PyObject *)self;
}

/* --- Permissions --------------------------------------------------------- */

typedef struct {
    PyObject_HEAD
    _PySecmanPermission *permission;
} PermissionObject;

static _PySecmanPermission *
permission_of(PyObject *op)
{
    return ((PermissionObject *)op)->permission;
}

static void
permission_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    _PySecmanPermission_Free(permission_of(self));
    type->tp_free(self);
    Py_DECREF(type);
}

/* The number of a family by its class, -1 for that of all; borrowed types
   are in the interpreter, by family. */
static int
family_of_type(PyTypeObject *type)
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

static PyTypeObject *
type_of_family(int family)
{
    PyObject *types = _PyInterpreterState_GET()->policy.permission_types;
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
wrap(PyTypeObject *type, _PySecmanPermission *permission)
{
    PermissionObject *self = permission
        ? (PermissionObject *)type->tp_alloc(type, 0) : NULL;
    if (self == NULL) {
        _PySecmanPermission_Free(permission);
        return NULL;
    }
    self->permission = permission;
    return (PyObject *)self;
}

PyObject *
_PySecman_NewPermission(PyThreadState *Py_UNUSED(tstate), const char *event,
                        bool allow)
{
    int family = _PySecman_FamilyOf(event);
    return wrap(type_of_family(family),
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
copy_targets(State *state, PyObject *given, uint32_t kinds, size_t *n)
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
        const _PySecmanTarget *target = &((TargetObject *)item)->target;
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
    State *state = state_of(type);
    int family = family_of_type(type);
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
    return wrap(type, _PySecmanPermission_New(event, family,
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
    if (!named && family_of_type(type) >= 0) {
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
    const char *event = permission_of(op)->event;
    return event ? PyUnicode_FromString(event) : Py_NewRef(Py_None);
}

static PyObject *
permission_family(PyObject *op, void *Py_UNUSED(closure))
{
    return PyUnicode_FromString(
        _PySecman_FamilyAt(permission_of(op)->family)->name);
}

static PyObject *
permission_allow(PyObject *op, void *Py_UNUSED(closure))
{
    return PyBool_FromLong(permission_of(op)->allow);
}

static PyObject *
permission_target(PyObject *op, void *Py_UNUSED(closure))
{
    const _PySecmanPermission *permission = permission_of(op);
    State *state = state_of(Py_TYPE(op));
    PyObject *targets = state ? PyTuple_New((Py_ssize_t)permission->n) : NULL;
    for (size_t i = 0; targets != NULL && i < permission->n; i++) {
        PyObject *item = wrap_target(state, &permission->targets[i]);
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
    const _PySecmanPermission *permission = permission_of(op);
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
    .flags = FLAGS | Py_TPFLAGS_BASETYPE,
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
new_family_type(PyObject *module, State *state, PyObject *types, int i)
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
        .flags = FLAGS | Py_TPFLAGS_BASETYPE, .slots = slots,
    };
    PyObject *base = family->above < 0 ? (PyObject *)state->permission
                     : PyTuple_GET_ITEM(types, family->above);
    return PyType_FromModuleAndSpec(module, &spec, base);
}

static int
add_permissions(PyObject *module, State *state)
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

/* --- Managers ------------------------------------------------------------ */

typedef struct {
    PyObject_HEAD
    _PySecman *manager;
} ManagerObject;

static _PySecman *
manager_of(PyObject *op)
{
    return ((ManagerObject *)op)->manager;
}

static PyObject *
manager_new(PyTypeObject *type, PyObject *Py_UNUSED(args),
            PyObject *Py_UNUSED(kwargs))
{
    State *state = state_of(type);
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
    _PySecman *manager = manager_of(self);
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
    _PySecman_Release(manager_of(self));
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
manager_set_permission(PyObject *self, PyObject *permission)
{
    State *state = state_of(Py_TYPE(self));
    if (state == NULL) {
        return NULL;
    }
    if (!PyObject_TypeCheck(permission, state->permission)) {
        PyErr_Format(PyExc_TypeError, "a Permission is needed, not %.100s",
                     Py_TYPE(permission)->tp_name);
        return NULL;
    }
    if (PySys_Audit("secman.set_permission", "OO", self, permission) < 0
        || _PySecman_Set(manager_of(self), permission_of(permission)) < 0)
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
    *family = PyType_Check(subject) ? family_of_type((PyTypeObject *)subject)
                                    : -1;
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
share(_PySecmanPermission *permission)
{
    return wrap(type_of_family(permission->family),
                _PySecmanPermission_Share(permission));
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
    _PySecman *manager = manager_of(self);
    PyMutex_Lock(&manager->mutex);
    _PySecmanPermission *found = _PySecmanTable_Find(manager->table, event,
                                                     family);
    if (found != NULL) {
        (void)_PySecmanPermission_Share(found);
    }
    PyMutex_Unlock(&manager->mutex);
    if (found != NULL) {
        return wrap(type_of_family(found->family), found);
    }
    if (event != NULL) {
        family = _PySecman_FamilyOf(event);
    }
    return wrap(type_of_family(family),
                _PySecmanPermission_New(event, family, false, NULL, 0));
}

static PyObject *
manager_permissions(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    if (PySys_Audit("secman.get_permission", "OO", self, Py_None) < 0) {
        return NULL;
    }
    _PySecman *manager = manager_of(self);
    PyObject *all = PyList_New(0), *result = NULL;
    _PySecmanTable *table = _PySecmanTable_With(NULL, NULL);
    PyMutex_Lock(&manager->mutex);
    _PySecmanTable_Free(table);
    table = _PySecmanTable_With(manager->table, NULL);
    PyMutex_Unlock(&manager->mutex);
    if (table == NULL) {
        PyErr_NoMemory();
    }
    for (size_t i = 0; all != NULL && table != NULL && i < table->n; i++) {
        PyObject *item = share(table->permissions[i]);
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

static PyObject *
manager_on(PyObject *Py_UNUSED(self), PyObject *args)
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
            || PyCFunction_GET_FUNCTION(method) != manager_on)
        {
            return method;
        }
        Py_DECREF(method);
        family = row->above;
    }
    return NULL;
}

/* dispatch_audit(event, *args) */
static PyObject *
manager_dispatch(PyObject *self, PyObject *args)
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
    int allow = rest ? _PySecman_Asks(tstate, manager_of(self), event, rest)
                     : -1;
    if (allow >= 0) {
        method = find_method(self, event);
        if (method == NULL && !PyErr_Occurred()) {
            result = PyBool_FromLong(allow);
        }
    }
    if (method != NULL) {
        permission = _PySecman_NewPermission(tstate, event, allow);
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
    {"on_" FAMILY, manager_on, METH_VARARGS, \
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
    {"dispatch_audit", manager_dispatch, METH_VARARGS,
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
    .flags = FLAGS | Py_TPFLAGS_BASETYPE,
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
    .flags = FLAGS | Py_TPFLAGS_BASETYPE,
    .slots = manager_slots,
};

/* --- Functions ----------------------------------------------------------- */

/* (manager, thread_id=None), for the event `name`. */
static _PySecman *
read_call(PyObject *module, PyObject *args, PyObject *kwargs,
          const char *name, unsigned long *thread_id, PyObject **object)
{
    static char *const keywords[] = {"manager", "thread_id", NULL};
    State *state = PyModule_GetState(module);
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
    return manager_of(*object);
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
            && _PySecmanCheck_Capture(manager, object, manager_on,
                                      manager_dispatch) < 0)
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
add_managers(PyObject *module, State *state)
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

static int
exec_module(PyObject *module)
{
    State *state = PyModule_GetState(module);
    PyObject *error = _PyPolicyDenial_SecurityError(_PyThreadState_GET());
    if (error == NULL
        || PyModule_AddObjectRef(module, "SecurityError", error) < 0
        || add_targets(module, state) < 0
        || add_permissions(module, state) < 0)
    {
        return -1;
    }
    return add_managers(module, state);
}

static int
traverse_module(PyObject *module, visitproc visit, void *arg)
{
    State *state = PyModule_GetState(module);
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
    State *state = PyModule_GetState(module);
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

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_secman",
    .m_doc = module_doc,
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse_module,
    .m_clear = clear_module,
    .m_free = free_module,
};

PyMODINIT_FUNC
PyInit__secman(void)
{
    return PyModuleDef_Init(&definition);
}

/* What does a permission speak of?  Handles of targets.

   Immutable, and made once: what a text means is checked here, paths are made
   absolute, and an open file is kept by a descriptor of its own.  What is
   compared with what is Python/secman_permission.c's business. */

#include "_secman_handles.h"
#include "pycore_pystate.h"       // _PyInterpreterState_GET()

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // getenv()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>               // getcwd()

typedef struct {
    PyObject_HEAD
    _PySecmanTarget target;
} TargetObject;

const _PySecmanTarget *
_PySecmanHandle_Target(PyObject *op)
{
    return &((TargetObject *)op)->target;
}

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
        self->target.interp = _PyInterpreterState_GET()->id;
    }
    return self;
}

static int
set_text(TargetObject *self, const char *text)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    size_t size = strlen(text) + 1;
    self->target.text = PyMem_RawMalloc(size);
    if (self->target.text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(self->target.text, text, size);
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
    _PySecmanState *state = _PySecman_StateOf(type);
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
    const _PySecmanTarget *target = _PySecmanHandle_Target(op);
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
    const _PySecmanTarget *target = _PySecmanHandle_Target(op);
    if (target->kind != _PyPolicy_READ) {
        Py_RETURN_NONE;
    }
    return PyUnicode_FromFormat("%s%s", target->reads ? "r" : "",
                                target->writes ? "w" : "");
}

static PyObject *
target_repr(PyObject *op)
{
    const _PySecmanTarget *target = _PySecmanHandle_Target(op);
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
    .flags = _PySecman_TYPE_FLAGS | Py_TPFLAGS_BASETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION,
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

int
_PySecmanHandle_AddTargets(PyObject *module, _PySecmanState *state)
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
                            .flags = _PySecman_TYPE_FLAGS, .slots = slots};
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
PyObject *
_PySecmanHandle_NewTarget(_PySecmanState *state, const _PySecmanTarget *target)
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

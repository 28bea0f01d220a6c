/* What does an event reach, for a permission that names targets?

   The table of events says where the target is among the arguments.  What is
   found there is made into the value that the operation will use, as for a
   policy: a path is resolved, a program is looked up, a name is compared as it
   is stored.  Hosts and programs are judged again where the C code has the
   address or the file that it really uses (_PySecman_JudgeThing()); here the
   event is let pass if any of them might be allowed.

   Arguments may be of classes in Python.  Only what the C structures hold is
   looked at: the characters of a str, the bytes of a bytes object, the value
   of an int.  What is neither is a target that no permission names.

   Called by secman.c. */

#include "Python.h"
#include "pycore_frame.h"         // PyFrameObject
#include "pycore_genobject.h"     // PyGenObject
#include "pycore_policy_file.h"
#include "pycore_policy_net.h"
#include "pycore_policy_run.h"
#include "pycore_secman.h"
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

#define BIT(CAPABILITY) (1u << _PyPolicy_ ## CAPABILITY)
#define FILES (BIT(READ) | BIT(WRITE))

static bool
is_one_of(const char *event, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(event, *names) == 0) {
            return true;
        }
    }
    return false;
}

/* By descriptor: argument 0. */
static const char *const DESCRIPTORS[] = {
    "os.lockf", "fcntl.fcntl", "fcntl.flock", "fcntl.ioctl", "fcntl.lockf",
    "mmap.__new__", NULL
};

/* A module by its name: argument 0. */
static const char *const MODULES[] = {
    "import", "pickle.find_class", "cpython.run_module", "ctypes.dlopen",
    NULL
};

/* A file that nobody opens by this event, or that is opened by others. */
static const char *const PATHS[] = {
    "cpython.run_file", "cpython.run_startup", "sqlite3.connect",
    "sqlite3.load_extension", "cpython.run_file", NULL
};

/* Code, or a function that has some, or a frame: argument 0. */
static const char *const CODES[] = {
    "exec", "function.__new__", "object.__getattr__", "object.__setattr__",
    "object.__delattr__", "sys._getframe", NULL
};

/* Only names of code: those of a file and of a function. */
static const char *const CODE_NAMES[] = {"compile", "code.__new__", NULL};

uint32_t
_PySecmanTarget_Kinds(const _PyPolicyEvent *row)
{
    const char *event = row->name;
    if (is_one_of(event, MODULES)) {
        return BIT(FFI) | (strcmp(event, "import") == 0 ? FILES : 0);
    }
    if (is_one_of(event, DESCRIPTORS) || is_one_of(event, PATHS)) {
        return FILES;
    }
    if (is_one_of(event, CODES) || is_one_of(event, CODE_NAMES)) {
        return BIT(CODE);
    }
    switch (row->capability) {
    case _PyPolicy_READ:
    case _PyPolicy_WRITE:
        return FILES;
    case _PyPolicy_NET:
    case _PyPolicy_RUN:
    case _PyPolicy_ENV:
        return 1u << row->capability;
    default:
        return 0;
    }
}

/* --- Arguments ----------------------------------------------------------- */

static PyObject *
argument(PyObject *args, Py_ssize_t i)
{
    PyObject *value = i >= 0 && i < PyTuple_GET_SIZE(args)
                      ? PyTuple_GET_ITEM(args, i) : NULL;
    return value == Py_None ? NULL : value;
}

/* Bytes as the system gets them, of a str or a bytes object; *owner keeps
   them.  NULL without an exception: it is neither, or has a NUL. */
static const char *
text_of(PyObject *value, PyObject **owner)
{
    *owner = NULL;
    if (value != NULL && PyUnicode_Check(value)) {
        *owner = PyUnicode_EncodeFSDefault(value);
        if (*owner == NULL) {
            PyErr_Clear();
        }
    }
    else if (value != NULL && PyBytes_Check(value)) {
        *owner = Py_NewRef(value);
    }
    if (*owner == NULL || !PyBytes_Check(*owner)
        || strlen(PyBytes_AS_STRING(*owner))
           != (size_t)PyBytes_GET_SIZE(*owner))
    {
        return NULL;
    }
    return PyBytes_AS_STRING(*owner);
}

/* -1: it is no descriptor. */
static int
descriptor_of(PyObject *value)
{
    int overflow;
    if (value == NULL || !PyLong_Check(value)) {
        return -1;
    }
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    return overflow || number < 0 || number > INT_MAX ? -1 : (int)number;
}

static _PySecmanThing
thing_of(_PyPolicyCapability kind, const char *text)
{
    return (_PySecmanThing){
        .kind = kind, .fd = -1,
        .target = {.text = text, .len = text ? strlen(text) : 0,
                   .port = -1},
    };
}

/* --- Files --------------------------------------------------------------- */

typedef struct {
    _PySecmanAsk ask;
    void *how;
    bool reads, writes;
    _PyPolicyFileLinks links;
} Files;

static int
ask_modes(const Files *files, _PySecmanThing *thing)
{
    int result = 1;
    if (files->reads) {
        thing->kind = _PyPolicy_READ;
        result = files->ask(files->how, thing, 1);
    }
    if (files->writes && result == 1) {
        thing->kind = _PyPolicy_WRITE;
        result = files->ask(files->how, thing, 1);
    }
    return result;
}

static int
ask_path(const Files *files, int dir_fd, const char *text)
{
    _PyPolicyFilePath path;
    int result = 1;
    for (int follow = 0; follow < 2 && result == 1; follow++) {
        if (files->links == (follow ? _PyPolicyFile_NOT_FOLLOWED
                                    : _PyPolicyFile_FOLLOWED))
        {
            continue;
        }
        _PyPolicyFile_Resolve(dir_fd, text, follow, &path);
        _PySecmanThing thing = thing_of(_PyPolicy_READ, path.text);
        result = ask_modes(files, &thing);
    }
    return result;
}

/* Argument i: a path, a descriptor, or nothing, which is the directory in
   which the process is. */
static int
ask_file(const Files *files, PyObject *args, int i, int dir_fd)
{
    PyObject *value = argument(args, i), *owner;
    int fd = descriptor_of(value);
    if (fd >= 0) {
        _PyPolicyFilePath path;
        _PyPolicyFile_Resolve(fd, NULL, true, &path);
        _PySecmanThing thing = thing_of(_PyPolicy_READ, path.text);
        thing.fd = fd;
        return ask_modes(files, &thing);
    }
    const char *text = value != NULL ? text_of(value, &owner) : ".";
    if (value == NULL) {
        owner = NULL;
    }
    int result;
    if (text != NULL) {
        result = ask_path(files, dir_fd, text);
    }
    else {
        _PySecmanThing thing = thing_of(_PyPolicy_READ, "(unclear)");
        result = ask_modes(files, &thing);
    }
    Py_XDECREF(owner);
    return result;
}

static int
directory_of(PyObject *args, int i)
{
    int fd = descriptor_of(argument(args, i));
    return fd >= 0 ? fd : AT_FDCWD;
}

/* A file object for what is open already gives no more than there was: any
   permission for files covers it. */
static int
ask_held(const Files *files)
{
    _PySecmanThing thing = thing_of(_PyPolicy_READ, NULL);
    int result = files->ask(files->how, &thing, 1);
    thing.kind = _PyPolicy_WRITE;
    return result != 0 ? result : files->ask(files->how, &thing, 1);
}

static int
ask_open(Files *files, PyObject *args)
{
    const char *mode = NULL;
    PyObject *value = argument(args, 1);
    if (argument(args, 0) != NULL && PyLong_Check(argument(args, 0))) {
        return ask_held(files);
    }
    if (value != NULL && PyUnicode_Check(value)) {
        mode = PyUnicode_AsUTF8(value);
        if (mode == NULL) {
            return -1;
        }
    }
    int flags = argument(args, 2) ? descriptor_of(argument(args, 2)) : 0;
    flags = flags < 0 ? O_RDWR : flags;
    _PyPolicyFile_Modes(mode, flags, &files->reads, &files->writes);
    bool exclusive = (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
    files->links = (flags & O_NOFOLLOW) || exclusive
                   ? _PyPolicyFile_PERHAPS : _PyPolicyFile_FOLLOWED;
    return ask_file(files, args, 0, AT_FDCWD);
}

/* Both ends; what is moved or linked can be read in its new place, and what a
   symbolic link leads to through it. */
static int
ask_both(Files *files, const _PyPolicyEvent *row, PyObject *args)
{
    const char *event = row->name;
    int result = 1;
    bool copies = strcmp(event, "os.rename") == 0
                  || strcmp(event, "os.link") == 0
                  || strncmp(event, "shutil.", 7) == 0;
    Files source = *files;
    source.reads |= copies;
    if (strcmp(event, "os.rename") != 0 && strncmp(event, "shutil.copy", 11)
                                           == 0)
    {
        source.writes = false;
    }
    if (argument(args, 0) != NULL) {
        result = ask_file(&source, args, 0, directory_of(args, row->dir_fd));
    }
    if (result == 1 && argument(args, 1) != NULL) {
        int second = row->dir_fd < 0 ? -1 : row->dir_fd + 1;
        result = ask_file(files, args, 1, directory_of(args, second));
    }
    return result;
}

static bool
has_two_paths(const char *event)
{
    return strncmp(event, "shutil.copy", 11) == 0
           || strcmp(event, "shutil.move") == 0
           || strcmp(event, "os.symlink") == 0;
}

static int
ask_files(const _PyPolicyEvent *row, PyObject *args, _PySecmanAsk ask,
          void *how)
{
    const char *event = row->name;
    Files files = {
        .ask = ask, .how = how, .links = _PyPolicyFile_LinksOf(event),
        .reads = row->capability != _PyPolicy_WRITE,
        .writes = row->capability != _PyPolicy_READ,
    };
    if (row->target == _PyPolicyEvent_OPEN) {
        return ask_open(&files, args);
    }
    if (row->target == _PyPolicyEvent_PATHS || has_two_paths(event)) {
        return ask_both(&files, row, args);
    }
    if (strncmp(event, "pathlib.", 8) == 0) {
        /* An object; what it lists is judged by os.scandir. */
        _PySecmanThing thing = thing_of(_PyPolicy_READ, NULL);
        return ask(how, &thing, 1);
    }
    if (strcmp(event, "sqlite3.connect") == 0) {
        PyObject *owner;
        const char *text = text_of(argument(args, 0), &owner);
        bool memory = text != NULL && (text[0] == '\0'
                                       || strcmp(text, ":memory:") == 0);
        Py_XDECREF(owner);
        if (memory) {
            return 1;
        }
    }
    return ask_file(&files, args, row->arg >= 0 ? row->arg : 0,
                    directory_of(args, row->dir_fd));
}

/* --- Modules, programs, variables ---------------------------------------- */

static int
ask_module(const _PyPolicyEvent *row, PyObject *args, _PySecmanAsk ask,
           void *how)
{
    PyObject *owner, *file_owner;
    _PyPolicyFilePath path;
    const char *text = text_of(argument(args, 0), &owner);
    const char *file = NULL;
    bool imports = strcmp(row->name, "import") == 0;
    _PySecmanThing things[2] = {
        thing_of(_PyPolicy_FFI, text ? text : "(unclear)"),
        thing_of(_PyPolicy_READ, NULL),
    };
    if (argument(args, 0) == NULL && !imports) {
        things[0] = thing_of(_PyPolicy_FFI, "(the program itself)");
    }
    file_owner = NULL;
    if (imports && argument(args, 1) != NULL) {
        file = text_of(argument(args, 1), &file_owner);
        if (file != NULL) {
            _PyPolicyFile_Resolve(AT_FDCWD, file, true, &path);
        }
        things[1] = thing_of(_PyPolicy_READ, file ? path.text : "(unclear)");
    }
    int result = ask(how, things, imports ? 2 : 1);
    Py_XDECREF(owner);
    Py_XDECREF(file_owner);
    return result;
}

static int
ask_program(const _PyPolicyEvent *row, PyObject *args, _PySecmanAsk ask,
            void *how)
{
    _PySecmanThing thing = thing_of(_PyPolicy_RUN, NULL);
    if (strcmp(row->name, "subprocess.Popen") != 0) {
        return ask(how, &thing, 1);     /* judged when it is started */
    }
    PyObject *owner;
    const char *text = text_of(argument(args, 0), &owner);
    char file[PATH_MAX];
    const char **names = NULL;
    int result;
    if (text == NULL) {
        thing = thing_of(_PyPolicy_RUN, "(unclear)");
    }
    else if (_PyPolicyRun_Find(text, file, &names, &thing.target) < 0) {
        PyErr_NoMemory();
        result = -1;
        goto done;
    }
    result = ask(how, &thing, 1);
done:
    PyMem_RawFree(names);
    Py_XDECREF(owner);
    return result;
}

static int
ask_variable(PyObject *args, _PySecmanAsk ask, void *how)
{
    PyObject *owner;
    const char *text = text_of(argument(args, 0), &owner);
    _PySecmanThing thing = thing_of(_PyPolicy_ENV, text ? text : "=");
    int result = ask(how, &thing, 1);
    Py_XDECREF(owner);
    return result;
}

/* --- Code and frames ----------------------------------------------------- */

static PyObject *
code_of_frame(PyObject *frame)
{
    PyObject *code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
    Py_DECREF(code);            /* the frame keeps it */
    return code;
}

/* Borrowed: the code that the object is, has, or runs. */
static PyObject *
code_of(PyObject *object, bool *frame)
{
    *frame = false;
    if (object == NULL) {
        return NULL;
    }
    if (PyCode_Check(object)) {
        return object;
    }
    if (PyMethod_Check(object)) {
        object = PyMethod_GET_FUNCTION(object);
    }
    if (PyFunction_Check(object)) {
        return PyFunction_GET_CODE(object);
    }
    if (PyTraceBack_Check(object)) {
        *frame = true;
        return code_of_frame(
            (PyObject *)((PyTracebackObject *)object)->tb_frame);
    }
    if (PyFrame_Check(object)) {
        *frame = true;
        return code_of_frame(object);
    }
    if (PyGen_CheckExact(object) || PyCoro_CheckExact(object)
        || PyAsyncGen_CheckExact(object))
    {
        *frame = true;
        PyGenObject *gen = (PyGenObject *)object;
        return (PyObject *)_PyFrame_GetCode(
            (_PyInterpreterFrame *)gen->gi_iframe);
    }
    return NULL;
}

/* "cFILE\nNAME", or "f" for a frame; which is how the text of a CodeTarget and
   a FrameTarget reads too. */
static int
ask_names(PyObject *code, bool frame, PyObject *file, PyObject *name,
          _PySecmanAsk ask, void *how)
{
    PyObject *file_owner, *name_owner;
    const char *a = text_of(file, &file_owner);
    const char *b = text_of(name, &name_owner);
    size_t size = (a ? strlen(a) : 0) + (b ? strlen(b) : 0) + 3;
    char *text = PyMem_RawMalloc(size);
    int result = -1;
    if (text == NULL) {
        PyErr_NoMemory();
    }
    else {
        PyOS_snprintf(text, size, "%c%s\n%s", frame ? 'f' : 'c', a ? a : "",
                      b ? b : "");
        _PySecmanThing thing = thing_of(_PyPolicy_CODE, text);
        thing.code = code;
        thing.frame = frame;
        result = ask(how, &thing, 1);
    }
    PyMem_RawFree(text);
    Py_XDECREF(file_owner);
    Py_XDECREF(name_owner);
    return result;
}

static int
ask_code(const _PyPolicyEvent *row, PyObject *args, _PySecmanAsk ask,
         void *how)
{
    if (is_one_of(row->name, CODE_NAMES)) {
        PyObject *name = strcmp(row->name, "compile") == 0
                         ? NULL : argument(args, 2);
        return ask_names(NULL, false, argument(args, 1), name, ask, how);
    }
    bool frame;
    PyCodeObject *code = (PyCodeObject *)code_of(argument(args, 0), &frame);
    PyObject *name = argument(args, 1);
    if (name != NULL && PyUnicode_Check(name)
        && (_PyUnicode_EqualToASCIIString(name, "f_code")
            || _PyUnicode_EqualToASCIIString(name, "gi_code")
            || _PyUnicode_EqualToASCIIString(name, "cr_code")
            || _PyUnicode_EqualToASCIIString(name, "ag_code")))
    {
        frame = false;          /* a frame's code, and not the frame */
    }
    return code == NULL
        ? ask_names(NULL, frame, NULL, NULL, ask, how)
        : ask_names((PyObject *)code, frame, code->co_filename,
                    code->co_qualname, ask, how);
}

/* --- All ----------------------------------------------------------------- */

int
_PySecmanTarget_Each(PyThreadState *tstate, const _PyPolicyEvent *row,
                     PyObject *args, _PySecmanAsk ask, void *how)
{
    if (is_one_of(row->name, MODULES)) {
        return ask_module(row, args, ask, how);
    }
    uint32_t kinds = _PySecmanTarget_Kinds(row);
    if (kinds & FILES) {
        return ask_files(row, args, ask, how);
    }
    if (kinds & BIT(CODE)) {
        return ask_code(row, args, ask, how);
    }
    if (kinds & BIT(RUN)) {
        return ask_program(row, args, ask, how);
    }
    if (kinds & BIT(ENV)) {
        return ask_variable(args, ask, how);
    }
    _PySecmanThing thing = thing_of(_PyPolicy_NET, NULL);
    return ask(how, &thing, 1);
}

/* Who was acting when this was registered?

   A thread, a work item or a callback runs later, on a stack that does not
   show who wanted it.  So whoever was acting when it was made is written
   down there and then, the whole set, and becomes the base of the stack on
   which it runs:

   - a thread state remembers the set in which it was created (new_threadstate
     in pystate.c), which serves threads and sub-interpreters alike.  One
     that native code makes on a thread of its own has none;
   - an asyncio task remembers it in its C structure; each step runs above a
     mark with it;
   - what is kept in objects that Python code can reach is exchanged for
     deferred calls: policy_deferred.c;
   - handlers of signals, trace functions and the like are kept by the
     interpreter, which keeps beside each who registered it;
   - an extension module's initialisation has no frame: a mark stands for the
     body of the module. */

#include "Python.h"
#include "pycore_moduleobject.h"  // PyModuleObject.md_def
#include "pycore_policy_access.h"
#include "pycore_policy_capture.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_greenlet.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_patch.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Started()
#include "pycore_policy_stack_base.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"        // _PySecman_InheritManagers()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()
#include <string.h>

uint32_t
_PyPrincipal_Acting(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    bool ignored;
    /* In a child the starter acts always.  What the interpreter registers
       while it starts is nobody's beside that. */
    return !_PyPolicySetup_Started() && _PyPolicyStack_Acting(tstate).nobody
           ? _PyPrincipal_STDLIB : _PyPolicyStack_Set(tstate, &ignored);
}

void
_PyPrincipal_InheritBase(PyThreadState *created)
{
    PyThreadState *creator = _PyThreadState_GET();
    if (creator == NULL) {
        /* Detached, but still this very thread's: its stack stands still. */
        creator = PyGILState_GetThisThreadState();
    }
    _PySecman_InheritManagers(created);
    if (_PyPolicy_Active && creator != NULL && creator != created) {
        _PyPolicyStack_SetBase(created, _PyPolicyStack_Acting(creator).set);
    }
}

/* The main thread's mark outlives every frame of C that could hold it. */
static _PyPolicyMark main_anchor;

void
_PyPrincipal_SetRunningMain(PyThreadState *tstate, bool running)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (!_PyPolicy_Active || !_Py_IsMainInterpreter(tstate->interp)) {
        return;
    }
    if (running && tstate->current_frame == NULL) {
        _PyPolicyMark_PushAnchor(tstate, &main_anchor);
    }
    else if (!running && thread->anchored
             && tstate->current_frame == &main_anchor.frame)
    {
        _PyPolicyMark_PopAnchor(tstate, &main_anchor);
    }
}

void
_PyPrincipal_EnterThread(PyThreadState *tstate, _PyPolicyMark *mark)
{
    mark->anchor = false;
    if (_PyPolicy_Active) {
        _PyPolicyMark_PushAnchor(tstate, mark);
    }
}

void
_PyPrincipal_LeaveThread(PyThreadState *tstate, _PyPolicyMark *mark)
{
    if (mark->anchor) {
        _PyPolicyMark_PopAnchor(tstate, mark);
    }
}

/* --- Extension modules -------------------------------------------------- */

/* Module definitions of dependencies, and whose they are: a module is
   created by one call and executed by another, which knows its definition
   only. */
typedef struct {
    const void *def;
    uint32_t set;
} Definition;

static struct {
    PyMutex mutex;
    Definition *entries;
    size_t n;
    bool lost;                  /* there was no memory for one */
} definitions;

/* The mutex is held. */
static Definition *
find_definition(const void *def)
{
    for (size_t i = 0; i < definitions.n; i++) {
        if (definitions.entries[i].def == def) {
            return &definitions.entries[i];
        }
    }
    return NULL;
}

/* Once for each, however many interpreters import it. */
static void
remember(const void *def, uint32_t set)
{
    PyMutex_Lock(&definitions.mutex);
    Definition *entry = find_definition(def);
    if (entry == NULL) {
        Definition *grown = PyMem_RawRealloc(
            definitions.entries, (definitions.n + 1) * sizeof(*grown));
        if (grown != NULL) {
            definitions.entries = grown;
            entry = &grown[definitions.n++];
        }
    }
    if (entry != NULL) {
        *entry = (Definition){def, set};
    }
    definitions.lost |= entry == NULL;
    PyMutex_Unlock(&definitions.mutex);
}

static uint32_t
owner_of_definition(const void *def)
{
    PyMutex_Lock(&definitions.mutex);
    const Definition *entry = find_definition(def);
    uint32_t set = entry != NULL ? entry->set
                   : definitions.lost ? _PyPrincipal_UNKNOWN
                   : _PyPrincipal_STDLIB;
    PyMutex_Unlock(&definitions.mutex);
    return set;
}

PyObject *
_PyPrincipal_PlacedFile(PyObject *filename)
{
    char dir[PATH_MAX], placed[PATH_MAX + NAME_MAX + 2];
    PyObject *encoded, *result = NULL;
    if (PyUnicode_Check(filename)
        && PyUnicode_FindChar(filename, 0, 0, PyUnicode_GET_LENGTH(filename),
                              1) >= 0)
    {
        PyErr_SetString(PyExc_ValueError, "embedded null character");
        return NULL;            /* the words that CPython has for it here */
    }
    if (!PyUnicode_FSConverter(filename, &encoded)) {
        return NULL;
    }
    const char *path = PyBytes_AS_STRING(encoded);
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    size_t len = slash == NULL ? 0 : slash == path ? 1 : slash - path;
    memcpy(dir, path, len < sizeof(dir) ? len : 0);
    dir[len < sizeof(dir) ? len : 0] = '\0';
    if (len >= sizeof(dir) || strlen(base) > NAME_MAX
        || realpath(len > 0 ? dir : ".", placed) == NULL)
    {
        PyErr_Format(PyExc_ImportError, "%R: there is no such directory",
                     filename);
        goto done;
    }
    if (strcmp(placed, dir) == 0) {
        result = Py_NewRef(filename);
        goto done;
    }
    strcat(strcat(placed, strcmp(placed, "/") == 0 ? "" : "/"), base);
    result = PyUnicode_DecodeFSDefault(placed);
done:
    Py_DECREF(encoded);
    return result;
}

/* Whose file is it?  *canonical as for _PyPrincipal_OfFile(). */
static uint32_t
owner_of_file(PyObject *filename, char **canonical)
{
    PyObject *encoded = NULL;
    if (filename == NULL || !PyUnicode_FSConverter(filename, &encoded)) {
        PyErr_Clear();
        return _PyPrincipal_UNKNOWN;
    }
    uint32_t set = _PyPrincipal_OfFile(PyBytes_AS_STRING(encoded), NULL,
                                       canonical);
    Py_DECREF(encoded);
    return set;
}

/* Native code that is not the standard library's: `ffi`, by the module's name
   or its file's. */
static int
judge_native(PyThreadState *tstate, PyObject *name, PyObject *filename)
{
    if (!_PyPolicyGate_Restricts(_PyPolicy_FFI)) {
        return 0;
    }
    const char *file = PyUnicode_AsUTF8(filename);
    PyErr_Clear();
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI, .event = "import",
        .target = {.text = "", .port = -1},
    };
    if (file != NULL) {
        access.target.text = file;
        access.target.len = strlen(file);
        if (_PyPolicyGate_Covers(tstate, &access)) {
            return 0;
        }
    }
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(name, &len);
    PyErr_Clear();
    access.target.text = text ? text : "";
    access.target.len = strlen(access.target.text);
    return _PyPolicyGate_ImportAccess(tstate, &access);
}

/* Native code that is not what was locked is its own affair as well: whoever
   may load what its place says, may not load this. */
static int
judge_owner(PyThreadState *tstate, uint32_t owner, PyObject *name,
            PyObject *filename)
{
    const uint32_t *members;
    if (owner < _PyPrincipal_FIRST || !_PyPolicyLock_InForce
        || _PyPrincipal_Members(owner, &members) != 1
        || _PyPolicyLock_Trusts(_PyPrincipal_Name(members[0])))
    {
        return 0;
    }
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, owner, true);
    int result = judge_native(tstate, name, filename);
    _PyPolicyMark_Pop(tstate, &mark);
    return result;
}

int
_PyPolicyGate_JudgeExtension(PyThreadState *tstate, PyObject *name,
                             PyObject *filename)
{
    char *canonical = NULL;
    uint32_t owner = owner_of_file(filename, &canonical);
    int result = owner == _PyPrincipal_STDLIB
                 ? 0 : judge_native(tstate, name, filename);
    if (result == 0) {
        result = judge_owner(tstate, owner, name, filename);
    }
    if (result == 0 && canonical != NULL && *canonical != '\0') {
        result = _PyPolicyGate_JudgeModuleName(tstate, canonical);
    }
    PyMem_RawFree(canonical);
    return result == 0 ? _PyPolicyGate_JudgeImport(tstate, name) : -1;
}

/* Above a module of the standard library its importer goes on acting; any
   other one acts for itself. */
static void
push_initializer(PyThreadState *tstate, _PyPolicyMark *mark, uint32_t owner)
{
    if (owner != _PyPrincipal_STDLIB) {
        uint32_t set = _PyPolicyStack_Narrowed(tstate, owner);
        _PyPolicyMark_Push(tstate, mark, set, true);
        mark->initializes = owner;
    }
}

void
_PyPrincipal_EnterExtension(PyThreadState *tstate, _PyPolicyMark *mark,
                            PyObject *filename)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        push_initializer(tstate, mark, owner_of_file(filename, NULL));
    }
}

/* What was imported, or NULL when it cannot be had under a policy. */
static PyObject *
take_extension(PyObject *made)
{
    if (_PyPolicyGreenlet_ModuleMade(made) < 0) {
        Py_CLEAR(made);
    }
    return made;
}

PyObject *
_PyPrincipal_LeaveExtension(PyThreadState *tstate, _PyPolicyMark *mark,
                            PyObject *made)
{
    bool module = made != NULL && PyModule_Check(made);
    if (_PyPolicy_Active && module) {
        _PyPolicyPatch_ExtensionMade(made, mark->stop ? mark->set
                                                      : _PyPrincipal_STDLIB);
    }
    if (mark->stop) {
        _PyPolicyMark_Pop(tstate, mark);
        if (module && ((PyModuleObject *)made)->md_def != NULL) {
            remember(((PyModuleObject *)made)->md_def, mark->set);
        }
        if (module) {
            made = take_extension(made);
        }
    }
    return made;
}

void
_PyPrincipal_EnterDefinition(PyThreadState *tstate, _PyPolicyMark *mark,
                             const void *def)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        push_initializer(tstate, mark, owner_of_definition(def));
    }
}

int
_PyPrincipal_LeaveDefinition(PyThreadState *tstate, _PyPolicyMark *mark,
                             PyObject *module, int result)
{
    if (mark->stop) {
        _PyPolicyMark_Pop(tstate, mark);
        if (result == 0) {
            result = _PyPolicyGreenlet_ModuleMade(module);
        }
    }
    return result;
}

void
_PyPrincipal_EnterBase(PyThreadState *tstate, _PyPolicyMark *mark,
                       uint32_t set)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        _PyPolicyMark_Push(tstate, mark, set, true);
    }
}

void
_PyPrincipal_Leave(PyThreadState *tstate, _PyPolicyMark *mark)
{
    if (mark->stop) {
        _PyPolicyMark_Pop(tstate, mark);
    }
}

/* The import policy as Python code may see it.

   A binding without decisions: each function converts its arguments, asks
   the one function in Python/ that knows, and converts the answer.  Nothing
   in it changes what anybody may do: a policy is read before any code runs,
   principals are decided by files, and there are no setters.  So the module
   may be imported and called by everyone.

   Lib/importpolicy is the public face; this one may change without notice. */

#ifndef Py_BUILD_CORE_BUILTIN
#  define Py_BUILD_CORE_MODULE 1
#endif

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_policy.h"
#include "pycore_policy_denial.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_query.h"
#include "pycore_policy_recent.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_principal_zip.h"
#include "pycore_pystate.h"             // _PyThreadState_GET()


/* --- Conversions --------------------------------------------------------- */

/* Names and paths come as bytes of the file system or of a policy. */
static PyObject *
as_str(const char *s)
{
    if (s == NULL) {
        Py_RETURN_NONE;
    }
    return PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "surrogateescape");
}

static PyObject *
tuple_of(const char *const *strings, size_t n)
{
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple != NULL && i < n; i++) {
        PyObject *item = as_str(strings[i]);
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
        }
    }
    return tuple;
}

/* Steals the value, which may be NULL. */
static int
put(PyObject *dict, const char *key, PyObject *value)
{
    if (value == NULL) {
        return -1;
    }
    int result = PyDict_SetItemString(dict, key, value);
    Py_DECREF(value);
    return result;
}

static PyObject *
set_names(uint32_t set)
{
    const char *application = "__main__";
    if (set == _PyPrincipal_APPLICATION) {
        return tuple_of(&application, 1);
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple != NULL && i < n; i++) {
        PyObject *name = as_str(_PyPrincipal_Name(members[i]));
        if (name == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, name);
        }
    }
    return tuple;
}


/* --- Policies ------------------------------------------------------------ */

PyDoc_STRVAR(parse_doc,
"parse($module, filename, text, /)\n--\n\n"
"Check the text of a policy file (bytes).\n\n"
"None when it is a policy, else (code, line, column, message).");

static PyObject *
parse(PyObject *module, PyObject *args)
{
    PyObject *path, *text, *result = NULL;
    if (!PyArg_ParseTuple(args, "O&S:parse", PyUnicode_FSConverter, &path,
                          &text))
    {
        return NULL;
    }
    _PyPolicyError error = {.message = NULL};
    _PyPolicy *policy = _PyPolicy_Parse(
        PyBytes_AS_STRING(path), PyBytes_AS_STRING(text),
        (size_t)PyBytes_GET_SIZE(text), NULL, &error);
    if (policy != NULL) {
        _PyPolicy_Free(policy);
        result = Py_NewRef(Py_None);
    }
    else if (error.message == NULL) {
        PyErr_NoMemory();
    }
    else {
        result = Py_BuildValue("(siiN)", error.code, error.line, error.column,
                               as_str(error.message));
    }
    if (policy == NULL) {
        _PyPolicyError_Clear(&error);
    }
    Py_DECREF(path);
    return result;
}

/* (file, line, "*" or the names in its list) */
static PyObject *
rule_tuple(const _PyPolicyRule *rule)
{
    PyObject *granted;
    if (rule->everyone) {
        granted = as_str("*");
    }
    else {
        granted = tuple_of(rule->names, rule->n_names);
        if (granted != NULL && rule->application) {
            PyObject *application = set_names(_PyPrincipal_APPLICATION);
            PyObject *both = application
                ? PySequence_Concat(application, granted) : NULL;
            Py_XDECREF(application);
            Py_SETREF(granted, both);
        }
    }
    return granted ? Py_BuildValue("(NiN)", as_str(rule->filename),
                                   rule->line, granted) : NULL;
}

static PyObject *
rules_dict(const _PyPolicy *policy)
{
    PyObject *rules = PyDict_New();
    uint32_t n = _PyPolicy_CountRules(policy);
    for (uint32_t i = 0; rules != NULL && i < n; i++) {
        const _PyPolicyRule *rule = _PyPolicy_Rule(policy, i);
        if (put(rules, rule->key, rule_tuple(rule)) < 0) {
            Py_CLEAR(rules);
        }
    }
    return rules;
}

static PyObject *
log_value(const _PyPolicy *policy)
{
    bool quiet = false;
    const char *log = _PyPolicy_Log(policy, &quiet);
    return quiet ? Py_NewRef(Py_False) : as_str(log);
}

static PyObject *
app_tuple(const _PyPolicy *policy)
{
    const char *const *dirs;
    uint32_t n = _PyPolicy_AppDirs(policy, &dirs);
    return tuple_of(dirs, n);
}

static PyObject *
hosts_tuple(const _PyPolicy *policy)
{
    const char *const *hosts;
    uint32_t n = _PyPolicy_Hosts(policy, &hosts);
    return tuple_of(hosts, n);
}

static PyObject *
loaders_tuple(const _PyPolicy *policy)
{
    const char *const *loaders;
    uint32_t n = _PyPolicy_Loaders(policy, &loaders);
    return tuple_of(loaders, n);
}

/* The files behind the policy's own. */
static PyObject *
extends_tuple(const _PyPolicy *policy)
{
    const char *names[_PyPolicy_MAX_LAYERS];
    uint32_t n = 0;
    while (n < _PyPolicy_MAX_LAYERS
           && (names[n] = _PyPolicy_LayerAt(policy, n + 1)) != NULL)
    {
        n++;
    }
    return tuple_of(names, n);
}

/* (principal, what, True or False or a tuple of targets, file, line) */
static PyObject *
grant_tuple(const _PyPolicyGrant *grant)
{
    PyObject *value = grant->kind == _PyPolicyGrant_TARGETS
        ? tuple_of(grant->targets, grant->n_targets)
        : PyBool_FromLong(grant->kind == _PyPolicyGrant_ALL);
    return value ? Py_BuildValue("(NNNNi)", as_str(grant->principal),
                                 as_str(grant->what), value,
                                 as_str(grant->filename), grant->line) : NULL;
}

/* What is in force of them: what an earlier layer says differently is left
   out.  "*" is asked for a name that no dependency can have. */
static bool
is_in_force(const _PyPolicy *policy, const _PyPolicyGrant *grant)
{
    const char *what = strcmp(grant->what, "*") == 0 ? "" : grant->what;
    const _PyPolicyGrant *found = strcmp(grant->principal, "*") == 0
        ? _PyPolicy_GrantToEveryone(policy, "*", what)
        : _PyPolicy_GrantOf(policy, grant->principal, what);
    return found == grant;
}

static PyObject *
permissions_list(const _PyPolicy *policy)
{
    PyObject *list = PyList_New(0);
    uint32_t n = _PyPolicy_CountGrants(policy);
    for (uint32_t i = 0; list != NULL && i < n; i++) {
        const _PyPolicyGrant *grant = _PyPolicy_GrantAt(policy, i);
        if (!is_in_force(policy, grant)) {
            continue;
        }
        PyObject *item = grant_tuple(grant);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

/* Everyone who has an entry, if it is an empty one. */
static PyObject *
principals_list(const _PyPolicy *policy)
{
    PyObject *list = PyList_New(0);
    const char *principal;
    uint32_t first, n;
    for (uint32_t i = 0; list != NULL
         && (principal = _PyPolicy_EntryAt(policy, i, &first, &n)) != NULL;
         i++)
    {
        PyObject *item = as_str(principal);
        if (item == NULL || PyList_Append(list, item) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(item);
    }
    return list;
}

static PyObject *
packages_dict(const _PyPolicy *policy)
{
    PyObject *packages = PyDict_New();
    const char *g;
    uint32_t n;
    const char *const *names;
    for (uint32_t i = 0; packages != NULL
         && (g = _PyPolicy_PackageAt(policy, i, &n, &names)) != NULL; i++)
    {
        if (put(packages, g, tuple_of(names, n)) < 0) {
            Py_CLEAR(packages);
        }
    }
    return packages;
}

static PyObject *
policy_dict(const _PyPolicy *policy, size_t i)
{
    bool audit = _PyPolicy_IsAudit(policy);
    bool deny = _PyPolicy_DefaultDeny(policy);
    const char *digest = _PyPolicySetup_Digest(i);
    if (digest == NULL) {
        return PyErr_NoMemory();
    }
    PyObject *dict = PyDict_New();
    if (dict == NULL) {
        return NULL;
    }
    if (put(dict, "file", as_str(_PyPolicy_Filename(policy))) < 0
        || put(dict, "origin", as_str(_PyPolicySetup_Origin(i))) < 0
        || put(dict, "sha256", as_str(digest)) < 0
        || put(dict, "lock", as_str(_PyPolicySetup_Lock(i))) < 0
        || put(dict, "mode", as_str(audit ? "audit" : "enforce")) < 0
        || put(dict, "log", log_value(policy)) < 0
        || put(dict, "rules", rules_dict(policy)) < 0
        || put(dict, "hosts", hosts_tuple(policy)) < 0
        || put(dict, "packages", packages_dict(policy)) < 0
        || put(dict, "app", app_tuple(policy)) < 0
        || put(dict, "loaders", loaders_tuple(policy)) < 0
        || put(dict, "default", as_str(deny ? "deny" : "allow")) < 0
        || put(dict, "walk", as_str(_PyPolicy_IsStrict(policy)
                                    ? "strict" : "application")) < 0
        || put(dict, "extends", extends_tuple(policy)) < 0
        || put(dict, "principals", principals_list(policy)) < 0
        || put(dict, "permissions", permissions_list(policy)) < 0)
    {
        Py_CLEAR(dict);
    }
    return dict;
}

PyDoc_STRVAR(policies_doc,
"policies($module, /)\n--\n\n"
"Descriptions of all policies in force, in the order they were found.");

static PyObject *
policies(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    const _PyPolicy *const *all;
    size_t n = _PyPolicySetup_Policies(&all);
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple != NULL && i < n; i++) {
        PyObject *dict = policy_dict(all[i], i);
        if (dict == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, dict);
        }
    }
    return tuple;
}

PyDoc_STRVAR(parse_lock_doc,
"parse_lock($module, text, /)\n--\n\n"
"Check the text of a lock (bytes).\n\n"
"None when it is one, else (code, line, column, message).");

static PyObject *
parse_lock(PyObject *module, PyObject *args)
{
    PyObject *text;
    if (!PyArg_ParseTuple(args, "S:parse_lock", &text)) {
        return NULL;
    }
    _PyPolicyJsonError error = {0};
    _PyPolicyLock *lock = _PyPolicyLock_Parse(
        PyBytes_AS_STRING(text), (size_t)PyBytes_GET_SIZE(text), &error);
    if (lock != NULL) {
        _PyPolicyLock_Free(lock);
        Py_RETURN_NONE;
    }
    return error.column == 0 ? PyErr_NoMemory()
        : Py_BuildValue("(siiN)", error.code, error.line, error.column,
                        as_str(error.what));
}

PyDoc_STRVAR(is_lock_as_written_doc,
"is_lock_as_written($module, text, /)\n--\n\n"
"Has the text of a lock (bytes) the form that the command gives it?");

static PyObject *
is_lock_as_written(PyObject *module, PyObject *args)
{
    Py_buffer text;
    if (!PyArg_ParseTuple(args, "y*:is_lock_as_written", &text)) {
        return NULL;
    }
    bool result = _PyPolicyLock_IsAsWritten(text.buf, (size_t)text.len);
    PyBuffer_Release(&text);
    return PyBool_FromLong(result);
}

PyDoc_STRVAR(record_digest_doc,
"record_digest($module, text, /)\n--\n\n"
"What a lock has for a RECORD (bytes): SHA-256 in hexadecimal digits.");

static PyObject *
record_digest(PyObject *module, PyObject *args)
{
    Py_buffer text;
    char digest[_PyPolicyLock_DIGEST];
    _PyPolicyLockRecord record = {0};
    if (!PyArg_ParseTuple(args, "y*:record_digest", &text)) {
        return NULL;
    }
    int result = _PyPolicyLock_ReadRecord(text.buf, (size_t)text.len,
                                          &record);
    if (result == 0) {
        result = _PyPolicyLock_Digest(&record, digest);
    }
    PyMem_RawFree(record.rows);
    PyBuffer_Release(&text);
    return result < 0 ? PyErr_NoMemory() : as_str(digest);
}

PyDoc_STRVAR(why_untrusted_doc,
"why_untrusted($module, principal, /)\n--\n\n"
"Why the locks in force deny a principal its grants; None when they do not.");

static PyObject *
why_untrusted(PyObject *module, PyObject *args)
{
    const char *principal;
    char why[512];
    if (!PyArg_ParseTuple(args, "s:why_untrusted", &principal)) {
        return NULL;
    }
    return as_str(_PyPolicyLock_Why(principal, why, sizeof(why)) ? why
                                                                 : NULL);
}

PyDoc_STRVAR(query_doc,
"query($module, principal, what, target=None, /)\n--\n\n"
"Would the policies let this principal do it?\n\n"
"(kind, answer, file, line, key, ancestor, fixed): kind is \"module\",\n"
"\"builtin\", \"capability\" or \"event\"; answer True, False, or None where\n"
"it depends on the target; file, line and key are of the entry that\n"
"decides, or None; ancestor is whose grant it rides on, or \"\"; fixed is\n"
"true where no entry was asked.");

static PyObject *
query(PyObject *module, PyObject *args)
{
    static const char *const kinds[] = {
        "module", "builtin", "capability", "event",
    };
    const char *principal, *what;
    PyObject *target = Py_None;
    _PyPolicyQueryResult result;
    if (!PyArg_ParseTuple(args, "ss|O:query", &principal, &what, &target)
        || _PyPolicyQuery_Ask(principal, what,
                              target == Py_None ? NULL : target, &result) < 0)
    {
        return NULL;
    }
    PyObject *answer =
        result.answer == _PyPolicyPermission_DEPENDS ? Py_None
        : result.answer == _PyPolicyPermission_YES ? Py_True : Py_False;
    return Py_BuildValue("(sONiNNN)", kinds[result.kind], answer,
                         as_str(result.file), result.line,
                         as_str(result.key), as_str(result.ancestor),
                         PyBool_FromLong(result.fixed));
}


/* --- Principals ---------------------------------------------------------- */

PyDoc_STRVAR(principal_of_doc,
"principal_of($module, code, /)\n--\n\n"
"Names of those whom a code object belongs to; () for the standard library.");

static PyObject *
principal_of(PyObject *module, PyObject *code)
{
    if (!PyCode_Check(code)) {
        PyErr_Format(PyExc_TypeError, "expected a code object, not %T", code);
        return NULL;
    }
    return set_names(((PyCodeObject *)code)->_co_principal
                     & _PyPrincipal_SET);
}

PyDoc_STRVAR(acting_doc,
"acting($module, /)\n--\n\n"
"Names of the dependencies that act at this call; () when none does.");

static PyObject *
acting(PyObject *module, PyObject *Py_UNUSED(ignored))
{
    if (!_PyPolicy_Active) {
        return PyTuple_New(0);
    }
    return set_names(_PyPolicyNarrow_Strip(
        _PyPolicyStack_Acting(_PyThreadState_GET()).set));
}


/* --- Distributions ------------------------------------------------------- */

/* Read the metadata in a sequence of directories. */
static _PyDistributions *
read_distributions(PyObject *dirs)
{
    _PyDistributions *map = NULL;
    const char **paths = NULL;
    PyObject *kept = PyList_New(0);
    /* A path's own __fspath__() may change a list that is being read. */
    PyObject *all = PySequence_Tuple(dirs);
    if (kept == NULL || all == NULL) {
        goto done;
    }
    Py_ssize_t n = PyTuple_GET_SIZE(all);
    paths = PyMem_Calloc((size_t)n + 1, sizeof(*paths));
    if (paths == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *path;
        if (!PyUnicode_FSConverter(PyTuple_GET_ITEM(all, i), &path)) {
            goto done;
        }
        paths[i] = PyBytes_AS_STRING(path);
        int result = PyList_Append(kept, path);
        Py_DECREF(path);
        if (result < 0) {
            goto done;
        }
    }
    map = _PyDistributions_Read(paths, (size_t)n, PY_VERSION);
    if (map == NULL) {
        PyErr_NoMemory();
    }
done:
    PyMem_Free(paths);
    Py_XDECREF(kept);
    Py_XDECREF(all);
    return map;
}

static PyObject *
principals_tuple(const _PyDistributions *map, int dist)
{
    size_t n = 0;
    while (_PyDistributions_Principal(map, dist, n) != NULL) {
        n++;
    }
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple != NULL && i < n; i++) {
        PyObject *name = as_str(_PyDistributions_Principal(map, dist, i));
        if (name == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, name);
        }
    }
    return tuple;
}

PyDoc_STRVAR(distributions_doc,
"distributions($module, dirs, /)\n--\n\n"
"What is installed in these directories: a tuple of\n"
"(name, version, principals).");

static PyObject *
distributions(PyObject *module, PyObject *dirs)
{
    _PyDistributions *map = read_distributions(dirs);
    if (map == NULL) {
        return NULL;
    }
    int n = _PyDistributions_Count(map);
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple != NULL && i < n; i++) {
        PyObject *item = Py_BuildValue(
            "(NNN)", as_str(_PyDistributions_Name(map, i)),
            as_str(_PyDistributions_Version(map, i)),
            principals_tuple(map, i));
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, item);
        }
    }
    _PyDistributions_Free(map);
    return tuple;
}

/* Add the name of a distribution to a set. */
static int
add_name(PyObject *set, const _PyDistributions *map, int dist)
{
    PyObject *name = as_str(_PyDistributions_Name(map, dist));
    int result = name == NULL ? -1 : PySet_Add(set, name);
    Py_XDECREF(name);
    return result;
}

/* (name, {required plainly}, {required for an extra}, {covered}) */
static PyObject *
requirements_tuple(const _PyDistributions *map, int dist)
{
    PyObject *plain = PyFrozenSet_New(NULL);
    PyObject *optional = PyFrozenSet_New(NULL);
    PyObject *covered = PyFrozenSet_New(NULL);
    if (plain == NULL || optional == NULL || covered == NULL) {
        goto error;
    }
    int other;
    bool is_plain;
    for (size_t i = 0; (other = _PyDistributions_Requirement(
                            map, dist, i, &is_plain)) >= 0; i++)
    {
        if (add_name(is_plain ? plain : optional, map, other) < 0) {
            goto error;
        }
    }
    for (int i = 0; i < _PyDistributions_Count(map); i++) {
        if (i != dist && _PyDistributions_Covers(map, dist, i)
            && add_name(covered, map, i) < 0)
        {
            goto error;
        }
    }
    return Py_BuildValue("(NNNN)", as_str(_PyDistributions_Name(map, dist)),
                         plain, optional, covered);
error:
    Py_XDECREF(plain);
    Py_XDECREF(optional);
    Py_XDECREF(covered);
    return NULL;
}

PyDoc_STRVAR(requirements_doc,
"requirements($module, dirs, /)\n--\n\n"
"Who requires whom of the distributions in these directories.\n\n"
"A tuple of (name, plain, optional, covered): what it requires itself,\n"
"always or for one of its extras, and whom a grant to it covers.");

static PyObject *
requirements(PyObject *module, PyObject *dirs)
{
    _PyDistributions *map = read_distributions(dirs);
    if (map == NULL) {
        return NULL;
    }
    int n = _PyDistributions_Count(map);
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple != NULL && i < n; i++) {
        PyObject *item = requirements_tuple(map, i);
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, item);
        }
    }
    _PyDistributions_Free(map);
    return tuple;
}

PyDoc_STRVAR(owner_doc,
"owner($module, dirs, principal, /)\n--\n\n"
"The distribution in these directories that owns a principal.\n\n"
"None when there is none, or more than one.");

static PyObject *
owner(PyObject *module, PyObject *args)
{
    PyObject *dirs, *result;
    const char *principal;
    if (!PyArg_ParseTuple(args, "Os:owner", &dirs, &principal)) {
        return NULL;
    }
    _PyDistributions *map = read_distributions(dirs);
    if (map == NULL) {
        return NULL;
    }
    int dist = _PyDistributions_OwnerOf(map, principal);
    result = as_str(dist >= 0 ? _PyDistributions_Name(map, dist) : NULL);
    _PyDistributions_Free(map);
    return result;
}

PyDoc_STRVAR(requirement_path_doc,
"requirement_path($module, dirs, granted, required, /)\n--\n\n"
"The shortest chain of distributions from one to another that it requires.\n\n"
"A tuple of names, both ends included; empty when there is none.");

static PyObject *
requirement_path(PyObject *module, PyObject *args)
{
    PyObject *dirs;
    const char *from, *to;
    int chain[64];
    if (!PyArg_ParseTuple(args, "Oss:requirement_path", &dirs, &from, &to)) {
        return NULL;
    }
    _PyDistributions *map = read_distributions(dirs);
    if (map == NULL) {
        return NULL;
    }
    int first = _PyDistributions_Find(map, from);
    int last = _PyDistributions_Find(map, to);
    size_t n = 0;
    /* Judgements ask Covers and messages Path: here they must agree. */
    if (_PyDistributions_Covers(map, first, last)) {
        n = _PyDistributions_Path(map, first, last, chain, 64);
        n = n < 64 ? n : 64;
    }
    PyObject *tuple = PyTuple_New((Py_ssize_t)n);
    for (size_t i = 0; tuple != NULL && i < n; i++) {
        PyObject *name = as_str(_PyDistributions_Name(map, chain[i]));
        if (name == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, (Py_ssize_t)i, name);
        }
    }
    _PyDistributions_Free(map);
    return tuple;
}

PyDoc_STRVAR(editable_doc,
"editable($module, dirs, path, /)\n--\n\n"
"The principal of a file in the source tree of an editable install.\n\n"
"None when the file is in no such tree.");

static PyObject *
editable(PyObject *module, PyObject *args)
{
    PyObject *dirs, *path, *result;
    char name[1024];
    if (!PyArg_ParseTuple(args, "OO&:editable", &dirs,
                          PyUnicode_FSConverter, &path))
    {
        return NULL;
    }
    _PyDistributions *map = read_distributions(dirs);
    if (map == NULL) {
        Py_DECREF(path);
        return NULL;
    }
    result = as_str(_PyDistributions_Editable(
                        map, PyBytes_AS_STRING(path), name, sizeof(name))
                    ? name : NULL);
    _PyDistributions_Free(map);
    Py_DECREF(path);
    return result;
}


/* --- The module ---------------------------------------------------------- */

PyDoc_STRVAR(archive_member_doc,
"archive_member($module, archive, member, /)\n--\n\n"
"Read a member of a zip archive as the loader does: (contents, mtime).\n\n"
"ValueError, with the reason, when the archive is not all in order.");

static PyObject *
archive_member(PyObject *module, PyObject *args)
{
    PyObject *archive = NULL, *member = NULL, *result = NULL;
    unsigned char *data = NULL;
    size_t size;
    _PyPrincipalZip_Info info;
    if (!PyArg_ParseTuple(args, "O&O&:archive_member",
                          PyUnicode_FSConverter, &archive,
                          PyUnicode_FSConverter, &member)
        /* To other code this is opening a file like any other. */
        || PySys_Audit("open", "Osi", archive, "rb", 0) < 0)
    {
        goto done;
    }
    _PyPrincipalZip_Status status = _PyPrincipalZip_Read(
        PyBytes_AS_STRING(archive), PyBytes_AS_STRING(member), NULL, NULL,
        &data, &size, &info);
    if (status != _PyPrincipalZip_OK) {
        PyErr_SetString(PyExc_ValueError, _PyPrincipalZip_Message(status));
        goto done;
    }
    result = Py_BuildValue("y#L", (char *)data, (Py_ssize_t)size,
                           (long long)_PyPrincipalZip_Mtime(&info));
done:
    PyMem_RawFree(data);
    Py_XDECREF(archive);
    Py_XDECREF(member);
    return result;
}

PyDoc_STRVAR(denials_doc,
"denials($module, first, /)\n--\n\n"
"What has been refused in this process since the first call of this.\n\n"
"(next, records): the records from number `first` on, as many as are kept,\n"
"each a line of JSON as in a log, with `message` and `edit`; next is the\n"
"number that the next one will have.");

static PyObject *
denials(PyObject *module, PyObject *args)
{
    unsigned long long first;
    uint64_t next;
    if (!PyArg_ParseTuple(args, "K:denials", &first)) {
        return NULL;
    }
    PyObject *records = _PyPolicyRecent_Get(first, &next);
    return records ? Py_BuildValue("(KN)", (unsigned long long)next, records)
                   : NULL;
}

PyDoc_STRVAR(drop_doc,
"drop($module, /, *what, principal=None, imports=..., **capabilities)"
"\n--\n\n"
"Take permissions away for the rest of the process.\n\n"
"From the caller's own principal, or, called by the application, from the\n"
"one that is named.  Each capability is given by its name alone, or as a\n"
"keyword with True (all of it) or a list of targets; imports, with a list of\n"
"modules.");

static PyMethodDef methods[] = {
    {"drop", (PyCFunction)(void (*)(void))_PyPolicyPermit_Drop,
     METH_VARARGS | METH_KEYWORDS, drop_doc},
    {"denials", denials, METH_VARARGS, denials_doc},
    {"parse", parse, METH_VARARGS, parse_doc},
    {"policies", policies, METH_NOARGS, policies_doc},
    {"parse_lock", parse_lock, METH_VARARGS, parse_lock_doc},
    {"is_lock_as_written", is_lock_as_written, METH_VARARGS,
     is_lock_as_written_doc},
    {"record_digest", record_digest, METH_VARARGS, record_digest_doc},
    {"why_untrusted", why_untrusted, METH_VARARGS, why_untrusted_doc},
    {"query", query, METH_VARARGS, query_doc},
    {"principal_of", principal_of, METH_O, principal_of_doc},
    {"acting", acting, METH_NOARGS, acting_doc},
    {"distributions", distributions, METH_O, distributions_doc},
    {"requirements", requirements, METH_O, requirements_doc},
    {"owner", owner, METH_VARARGS, owner_doc},
    {"requirement_path", requirement_path, METH_VARARGS,
     requirement_path_doc},
    {"editable", editable, METH_VARARGS, editable_doc},
    {"archive_member", archive_member, METH_VARARGS, archive_member_doc},
    {NULL, NULL, 0, NULL}
};

static int
add_exception(PyObject *module, const char *name, PyObject *type)
{
    return type == NULL ? -1 : PyModule_AddObjectRef(module, name, type);
}

static int
exec_module(PyObject *module)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (add_exception(module, "SecurityError",
                      _PyPolicyDenial_SecurityError(tstate)) < 0
        || add_exception(module, "ImportDenied",
                         _PyPolicyDenial_ImportDenied(tstate)) < 0
        || add_exception(module, "AccessDenied",
                         _PyPolicyDenial_AccessDenied(tstate)) < 0)
    {
        return -1;
    }
    return PyModule_Add(module, "permit", _PyPolicyPermit_NewType(module));
}

static int
traverse_module(PyObject *module, visitproc visit, void *arg)
{
    _PyPolicyPermitState *state = PyModule_GetState(module);
    Py_VISIT(state->exit_type);
    return 0;
}

static int
clear_module(PyObject *module)
{
    _PyPolicyPermitState *state = PyModule_GetState(module);
    Py_CLEAR(state->exit_type);
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

PyDoc_STRVAR(module_doc, "What lies below the importpolicy package.");

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_importpolicy",
    .m_doc = module_doc,
    .m_size = sizeof(_PyPolicyPermitState),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = traverse_module,
    .m_clear = clear_module,
    .m_free = free_module,
};

PyMODINIT_FUNC
PyInit__importpolicy(void)
{
    return PyModuleDef_Init(&definition);
}

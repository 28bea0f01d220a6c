/* Where may a policy come from?

   Six places, in this order, and every policy that is there holds: what the
   interpreter that started this one handed down (policy_inherit.c); what the
   command line and PYTHONPOLICY name; policy.json with the program that is
   run (policy_program.c); what pyvenv.cfg names; the installation's.  This
   file makes the list.  Whether a file is there, and what is in it, is for
   policy_setup.c to find out.

   -X importpolicy=off leaves two of them out, the program's and the virtual
   environment's: those that a person meets by standing somewhere.  The others
   were decided by somebody else, who may be the adversary's victim.

   A name that somebody wrote down must lead to a file; a place that is merely
   looked at need not.  So a source remembers who named it.

   Everything is known from the configuration and the environment.  All paths
   are bytes from here on, since that is what the system compares.  Called
   once, by policy_setup.c, on a single thread, before anything can be
   imported. */

#include "Python.h"
#include "pycore_fileutils.h"     // _Py_EncodeLocaleRaw()
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_find.h"
#include "pycore_policy_inherit.h"
#include "pycore_policy_program.h"
#include "pycore_policy_read.h"

#include <stdlib.h>               // getenv(), setenv()
#include <string.h>
#include <strings.h>              // strcasecmp()

#define OPTION L"importpolicy"
#define MAX_PYVENV_CFG (1024 * 1024)

const char *
_PyPolicyOrigin_Name(_PyPolicyOrigin origin)
{
    static const char *const names[_PyPolicyOrigin_COUNT] = {
        [_PyPolicyOrigin_OPTION] = "-X importpolicy",
        [_PyPolicyOrigin_VARIABLE] = "PYTHONPOLICY",
        [_PyPolicyOrigin_SCRIPT] = "beside the script",
        [_PyPolicyOrigin_DIRECTORY] = "in the current directory",
        [_PyPolicyOrigin_ENVIRONMENT] = "pyvenv.cfg",
        [_PyPolicyOrigin_INSTALLATION] = "the installation",
    };
    return names[origin];
}

/* --- The list ----------------------------------------------------------- */

int
_PyPolicyFind_Add(_PyPolicyFound *found, _PyPolicyOrigin origin,
                  char *path, char *member, char *named_by)
{
    _PyPolicySource *sources = NULL;
    if (path != NULL) {
        sources = PyMem_RawRealloc(
            found->sources, (found->n_sources + 1) * sizeof(*sources));
        if (sources == NULL) {
            _PyPolicyRead_NoMemory();
        }
    }
    if (sources == NULL) {        /* without a path it has been said before */
        PyMem_RawFree(path);
        PyMem_RawFree(member);
        PyMem_RawFree(named_by);
        return -1;
    }
    found->sources = sources;
    sources[found->n_sources++] = (_PyPolicySource){
        .origin = origin,
        .path = path,
        .member = member,
        .named_by = named_by,
    };
    return 0;
}

void
_PyPolicyFind_Clear(_PyPolicyFound *found)
{
    for (size_t i = 0; i < found->n_sources; i++) {
        PyMem_RawFree(found->sources[i].path);
        PyMem_RawFree(found->sources[i].member);
        PyMem_RawFree(found->sources[i].named_by);
        _PyPolicyContent_Clear(&found->sources[i].content);
    }
    for (size_t i = 0; i < found->n_inherited; i++) {
        PyMem_RawFree(found->inherited[i]);
    }
    for (size_t i = 0; i < found->n_dropped; i++) {
        PyMem_RawFree(found->dropped[i]);
    }
    for (size_t i = 0; i < found->n_installed; i++) {
        PyMem_RawFree(found->installed[i]);
    }
    PyMem_RawFree(found->sources);
    PyMem_RawFree(found->inherited);
    PyMem_RawFree(found->installed);
    PyMem_RawFree(found->cache);
    PyMem_RawFree(found->search);
    PyMem_RawFree(found->dropped);
    PyMem_RawFree(found->program);
    PyMem_RawFree(found->venv);
    PyMem_RawFree(found->tmp);
    PyMem_RawFree(found->home);
    memset(found, 0, sizeof(*found));
}

char *
_PyPolicyFind_Encode(const wchar_t *text)
{
    size_t n = 0, error = 0;
    while (text[n] > 0 && text[n] < 0x80) {
        n++;
    }
    char *bytes;
    if (text[n] == L'\0') {
        /* ASCII is itself in every locale, and the C library slow. */
        bytes = PyMem_RawMalloc(n + 1);
        error = (size_t)-1;
        for (size_t i = 0; bytes != NULL && i <= n; i++) {
            bytes[i] = (char)text[i];
        }
    }
    else {
        bytes = _Py_EncodeLocaleRaw(text, &error);
    }
    if (bytes == NULL) {
        if (error == (size_t)-1) {
            _PyPolicyRead_NoMemory();
        }
        else {
            _PyPolicyRead_Fail("import policy", "a path of the configuration "
                               "has no form in the locale's encoding");
        }
    }
    return bytes;
}

/* --- What somebody names ------------------------------------------------ */

/* Against the directory where the interpreter was started. */
static char *
absolute_path(const char *path)
{
    char *dir = _PyPolicyRead_CurrentDirectory();
    char *result = dir != NULL ? _PyPolicyRead_Join(dir, path) : NULL;
    PyMem_RawFree(dir);
    return result;
}

/* A file that must exist, because `who` says so. */
static int
add_named(_PyPolicyFound *found, _PyPolicyOrigin origin, const char *file)
{
    char *path = absolute_path(file);
    char *who = path ? _PyPolicyRead_Copy(_PyPolicyOrigin_Name(origin)) : NULL;
    if (who == NULL) {
        PyMem_RawFree(path);
        return -1;
    }
    return _PyPolicyFind_Add(found, origin, path, NULL, who);
}

/* -X importpolicy=FILE, as often as it stands there, and =off. */
static int
find_options(const PyConfig *config, _PyPolicyFound *found, bool *off)
{
    size_t n = wcslen(OPTION);
    for (Py_ssize_t i = 0; i < config->xoptions.length; i++) {
        const wchar_t *option = config->xoptions.items[i];
        if (wcsncmp(option, OPTION, n) != 0
            || (option[n] != L'\0' && option[n] != L'='))
        {
            continue;
        }
        const wchar_t *value = option + n + (option[n] == L'=');
        if (*value == L'\0') {
            return _PyPolicyRead_Fail(
                "-X importpolicy", "a file is missing; write -X "
                "importpolicy=FILE, or -X importpolicy=off");
        }
        if (wcscmp(value, L"off") == 0) {
            *off = true;
            continue;
        }
        char *file = _PyPolicyFind_Encode(value);
        int result = file != NULL
            ? add_named(found, _PyPolicyOrigin_OPTION, file) : -1;
        PyMem_RawFree(file);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* PYTHONPOLICY=FILE; -I and -E do not hide it.  As with all variables of the
   interpreter, an empty one is none.  Only the command line, which one person
   has written for one start, says "off".

   Children read it again, perhaps in another directory: from here on it is
   absolute. */
static int
find_variable(_PyPolicyFound *found)
{
    const char *value = getenv("PYTHONPOLICY");
    if (value == NULL || *value == '\0') {
        return 0;
    }
    if (strcmp(value, "off") == 0) {
        return _PyPolicyRead_Fail(
            "PYTHONPOLICY", "names a file; write -X importpolicy=off on the "
            "command line, or PYTHONPOLICY=./off for a file of that name");
    }
    bool relative = *value != '/';
    if (add_named(found, _PyPolicyOrigin_VARIABLE, value) < 0) {
        return -1;
    }
    const char *path = found->sources[found->n_sources - 1].path;
    return relative && setenv("PYTHONPOLICY", path, 1) < 0
        ? _PyPolicyRead_NoMemory() : 0;
}

/* --- The environment ---------------------------------------------------- */

/* Take white space off both ends of a line's part, in place. */
static char *
strip(char *text)
{
    static const char *const space = " \t\v\f";
    text += strspn(text, space);
    size_t n = strlen(text);
    while (n > 0 && strchr(space, text[n - 1]) != NULL) {
        text[--n] = '\0';
    }
    return text;
}

/* The key `importpolicy`: relative to the file that it stands in. */
static int
find_venv_policy(_PyPolicyFound *found, const char *cfg, int line,
                 const char *value)
{
    if (*value == '\0') {
        return _PyPolicyRead_Fail(
            cfg, "line %d: importpolicy needs a file; write "
            "importpolicy = FILE, or remove the line", line);
    }
    size_t size = strlen(cfg) + 32;
    char *named_by = PyMem_RawMalloc(size);
    char *dir = _PyPolicyRead_Copy(cfg);
    if (named_by == NULL || dir == NULL) {
        PyMem_RawFree(named_by);
        PyMem_RawFree(dir);
        return -1;
    }
    snprintf(named_by, size, "%s:%d", cfg, line);
    _PyPolicyRead_ToDirname(dir);
    char *path = _PyPolicyRead_Join(dir, value);
    PyMem_RawFree(dir);
    return _PyPolicyFind_Add(found, _PyPolicyOrigin_ENVIRONMENT, path, NULL,
                             named_by);
}

/* Lines `key = value`, as the site module and getpath read them.  `first`: it
   is this file that site goes by. */
static int
parse_pyvenv_cfg(_PyPolicyFound *found, const char *cfg, char *text,
                 bool first, bool look)
{
    int number = 0;
    for (char *line = text, *next; line != NULL; line = next) {
        number++;
        next = strpbrk(line, "\r\n");
        if (next != NULL) {
            char *end = next;
            next += 1 + (next[0] == '\r' && next[1] == '\n');
            *end = '\0';
        }
        char *value = strchr(line, '=');
        if (value == NULL) {
            continue;
        }
        *value++ = '\0';
        char *key = strip(line);
        value = strip(value);
        if (strcasecmp(key, "include-system-site-packages") == 0 && first) {
            found->system_site = strcasecmp(value, "true") == 0;
        }
        if (strcasecmp(key, "importpolicy") == 0 && look
            && find_venv_policy(found, cfg, number, value) < 0)
        {
            return -1;
        }
    }
    return 0;
}

/* getpath and site look at the same two places, in opposite order; what
   either finds counts.  site takes the directory above the executable's for
   the environment, wherever the file is. */
static int
find_environment(const PyConfig *config, _PyPolicyFound *found, bool look)
{
    if (config->executable == NULL || *config->executable == L'\0') {
        return 0;
    }
    int result = -1;
    char *dir = _PyPolicyFind_Encode(config->executable);
    if (dir == NULL) {
        return -1;
    }
    for (int i = 0; i < 2; i++) {
        _PyPolicyFile file;
        _PyPolicyRead_ToDirname(dir);
        char *cfg = _PyPolicyRead_Join(dir, "pyvenv.cfg");
        int there = cfg ? _PyPolicyRead_File(cfg, MAX_PYVENV_CFG, &file) : -1;
        if (there > 0) {
            if (found->venv == NULL) {
                found->system_site = true;
                found->venv = _PyPolicyRead_Copy(dir);
                there = found->venv == NULL ? -1
                    : parse_pyvenv_cfg(found, cfg, file.text, true, look);
                if (there == 0 && i == 0) {
                    _PyPolicyRead_ToDirname(found->venv);
                }
            }
            else {
                there = parse_pyvenv_cfg(found, cfg, file.text, false, look);
            }
            PyMem_RawFree(file.text);
        }
        PyMem_RawFree(cfg);
        if (there < 0) {
            goto done;
        }
    }
    result = 0;
done:
    PyMem_RawFree(dir);
    return result;
}

static int
find_installation(const PyConfig *config, _PyPolicyFound *found)
{
    if (config->base_prefix == NULL || *config->base_prefix == L'\0') {
        return 0;
    }
    char *prefix = _PyPolicyFind_Encode(config->base_prefix);
    if (prefix == NULL) {
        return -1;
    }
    char *path = _PyPolicyRead_Join(prefix, "etc/python/policy.json");
    PyMem_RawFree(prefix);
    return _PyPolicyFind_Add(found, _PyPolicyOrigin_INSTALLATION, path, NULL,
                             NULL);
}

/* Everything behind the program's own is appended in order; the environment
   is read before it, since what is a command depends on it. */
static int
append_environment(_PyPolicyFound *found, _PyPolicyFound *environment)
{
    for (size_t i = 0; i < environment->n_sources; i++) {
        _PyPolicySource *source = &environment->sources[i];
        char *path = source->path, *named_by = source->named_by;
        source->path = source->named_by = NULL;
        if (_PyPolicyFind_Add(found, source->origin, path, NULL,
                              named_by) < 0)
        {
            return -1;
        }
    }
    return 0;
}

int
_PyPolicyFind_Sources(const PyConfig *config, _PyPolicyFound *found)
{
    _PyPolicyFound environment = {0};
    bool off = false;
    int result = -1;
    if (_PyPolicyInherit_Read(found) < 0
        || find_options(config, found, &off) < 0
        || find_variable(found) < 0
        || find_environment(config, &environment, !off) < 0)
    {
        goto done;
    }
    found->venv = environment.venv;
    found->system_site = environment.system_site;
    environment.venv = NULL;
    if (_PyPolicyProgram_Find(config, found, !off) < 0
        || append_environment(found, &environment) < 0
        || find_installation(config, found) < 0)
    {
        goto done;
    }
    result = 0;
done:
    _PyPolicyFind_Clear(&environment);
    return result;
}

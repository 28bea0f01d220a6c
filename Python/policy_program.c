/* Where does the program come from that is to be run?

   Its directory is where the application lives, and where a policy for it is
   looked for:

     python dir/run.py     dir, with symbolic links resolved as sys.path[0] is
     python dir            dir itself
     python app.pyz        inside the archive
     python -m, -c, -      the current directory, unless -I or -P
     venv/bin/pytest       the same: what lies in an environment's directory of
                           scripts is a command, not a project
     pip                   the same, but no policy: it installs what a policy
                           speaks of, and must work when that is too strict
     -m importpolicy       no policy either: it mends what is wrong with one

   A program that embeds the interpreter and gives it nothing to run has no
   place of its own.

   Called by policy_find.c, once. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_find.h"
#include "pycore_policy_program.h"
#include "pycore_policy_read.h"

#include <errno.h>
#include <limits.h>               // PATH_MAX
#include <pwd.h>                  // getpwuid()
#include <stdlib.h>               // getenv(), realpath()
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>               // getuid()

#define POLICY_NAME "policy.json"

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* --- Commands and pip --------------------------------------------------- */

bool
_PyPolicyProgram_UserBase(char *buffer, size_t size, bool database)
{
    const char *base = getenv("PYTHONUSERBASE"), *below = "";
    if (base == NULL || *base == '\0') {
        base = getenv("HOME");
        below = "/.local";
    }
    if (base == NULL && database) {
        const struct passwd *user = getpwuid(getuid());
        base = user != NULL ? user->pw_dir : NULL;
    }
    if (base == NULL) {
        return false;
    }
    int n = snprintf(buffer, size, "%s%s", base, below);
    return n > 0 && (size_t)n < size;
}

/* Are these one directory?  Compared by identity: links lead to directories
   of commands by many names. */
static bool
is_same_directory(const struct stat *st, const char *dir, const char *below)
{
    struct stat other;
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s%s", dir, below);
    return n > 0 && (size_t)n < sizeof(path) && stat(path, &other) == 0
        && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* Is this where the environment, the installation or the user keeps commands?
   The executable's own directory counts only in a virtual environment; a
   build is run from the middle of a source tree. */
static int
is_scripts_directory(const PyConfig *config, const _PyPolicyFound *found,
                     const char *dir)
{
    struct stat st;
    char base[PATH_MAX];
    if (stat(dir, &st) < 0) {
        return 0;
    }
    int result = 0;
    if (found->venv != NULL) {
        char *executable = _PyPolicyFind_Encode(config->executable);
        if (executable == NULL) {
            return -1;
        }
        _PyPolicyRead_ToDirname(executable);
        result = is_same_directory(&st, executable, "");
        PyMem_RawFree(executable);
    }
    const wchar_t *prefixes[] = {
        config->prefix, config->exec_prefix, config->base_prefix,
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(prefixes) && result == 0; i++) {
        if (prefixes[i] == NULL || *prefixes[i] == L'\0'
            || (i > 0 && prefixes[i - 1] != NULL
                && wcscmp(prefixes[i], prefixes[i - 1]) == 0))
        {
            continue;
        }
        char *prefix = _PyPolicyFind_Encode(prefixes[i]);
        result = prefix ? is_same_directory(&st, prefix, "/bin") : -1;
        PyMem_RawFree(prefix);
    }
    if (result == 0 && _PyPolicyProgram_UserBase(base, sizeof(base), false)) {
        result = is_same_directory(&st, base, "/bin");
    }
    return result;
}

/* Which modules are pip, or do nothing but drive it, or work on policies? */
static bool
is_exempt_module(const wchar_t *name)
{
    static const wchar_t *const names[] = {
        L"pip", L"pip.__main__", L"ensurepip", L"ensurepip.__main__",
        L"venv", L"venv.__main__", L"importpolicy", L"importpolicy.__main__",
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(names); i++) {
        if (wcscmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* pip, pip3, pip3.13; neither pipx nor pip-audit. */
static bool
is_pip_script(const char *path)
{
    const char *name = base_name(path);
    return strncmp(name, "pip", 3) == 0
        && name[3 + strspn(name + 3, "0123456789.")] == '\0';
}

/* --- Places ------------------------------------------------------------- */

static int
find_in_current_directory(const PyConfig *config, _PyPolicyFound *found,
                          bool look)
{
    if (config->safe_path) {
        return 0;
    }
    found->program = _PyPolicyRead_CurrentDirectory();
    if (found->program == NULL) {
        return -1;
    }
    if (!look) {
        return 0;
    }
    return _PyPolicyFind_Add(
        found, _PyPolicyOrigin_DIRECTORY,
        _PyPolicyRead_Join(found->program, POLICY_NAME), NULL, NULL);
}

/* `script` is an archive; `below`, when not empty, the directory in it that
   is to be run. */
static int
find_in_archive(_PyPolicyFound *found, const char *script, const char *below,
                bool look)
{
    found->program = _PyPolicyRead_Copy(script);
    if (found->program == NULL) {
        return -1;
    }
    if (!look) {
        return 0;
    }
    char *path = _PyPolicyRead_Copy(script);
    char *member = path ? _PyPolicyRead_Join(below, POLICY_NAME) : NULL;
    if (member == NULL) {
        PyMem_RawFree(path);
        return -1;
    }
    return _PyPolicyFind_Add(found, _PyPolicyOrigin_SCRIPT, path, member,
                             NULL);
}

/* The directory is taken over. */
static int
find_in_directory(_PyPolicyFound *found, char *dir, bool look)
{
    found->program = dir;
    if (dir == NULL) {
        return -1;
    }
    if (!look) {
        return 0;
    }
    return _PyPolicyFind_Add(found, _PyPolicyOrigin_SCRIPT,
                             _PyPolicyRead_Join(dir, POLICY_NAME), NULL,
                             NULL);
}

/* The script itself, behind symbolic links: what sys.path[0] is the directory
   of.  Absent, it is taken as it stands; that start ends soon. */
static char *
resolve_script(const char *script)
{
    struct stat st;
    char resolved[PATH_MAX];
    if (lstat(script, &st) == 0 && S_ISLNK(st.st_mode)
        && realpath(script, resolved) != NULL)
    {
        return _PyPolicyRead_Copy(resolved);
    }
    return _PyPolicyRead_Copy(script);
}

static int
find_beside(const PyConfig *config, _PyPolicyFound *found,
            const char *script, bool look)
{
    char *dir = resolve_script(script);
    if (dir == NULL) {
        return -1;
    }
    bool pip = is_pip_script(dir);
    _PyPolicyRead_ToDirname(dir);
    int command = is_scripts_directory(config, found, dir);
    if (command == 0) {
        return find_in_directory(found, dir, look);
    }
    PyMem_RawFree(dir);
    return command < 0 ? -1
                       : find_in_current_directory(config, found,
                                                   look && !pip);
}

/* `python app.pyz/tool` runs what is below "tool" in the archive.  The path is
   cut where the archive ends. */
static int
find_inside_path(_PyPolicyFound *found, char *script, bool look)
{
    struct stat st;
    for (size_t n = strlen(script); n-- > 1; ) {
        if (script[n] != '/') {
            continue;
        }
        script[n] = '\0';
        if (stat(script, &st) == 0) {
            int archive = S_ISREG(st.st_mode)
                ? _PyPolicyRead_IsArchive(script) : 0;
            return archive <= 0 ? archive
                : find_in_archive(found, script, script + n + 1, look);
        }
        script[n] = '/';
    }
    return 0;
}

static int
find_script(const PyConfig *config, _PyPolicyFound *found, char *script,
            bool look)
{
    struct stat st;
    if (stat(script, &st) < 0) {
        if (errno == ENOTDIR) {
            return find_inside_path(found, script, look);
        }
        return find_beside(config, found, script, look);
    }
    if (S_ISDIR(st.st_mode)) {
        return find_in_directory(found, _PyPolicyRead_Copy(script), look);
    }
    if (!S_ISREG(st.st_mode)) {
        /* Standard input under another name: /dev/stdin, <(command). */
        return find_in_current_directory(config, found, look);
    }
    int archive = _PyPolicyRead_IsArchive(script);
    if (archive != 0) {
        return archive < 0 ? -1 : find_in_archive(found, script, "", look);
    }
    return find_beside(config, found, script, look);
}

int
_PyPolicyProgram_Find(const PyConfig *config, _PyPolicyFound *found,
                      bool look)
{
    if (config->run_filename != NULL) {
        char *script = _PyPolicyFind_Encode(config->run_filename);
        int result = script ? find_script(config, found, script, look) : -1;
        PyMem_RawFree(script);
        return result;
    }
    if (config->run_module != NULL) {
        look = look && !is_exempt_module(config->run_module);
    }
    else if (config->run_command == NULL && !config->parse_argv) {
        return 0;                 /* embedded */
    }
    return find_in_current_directory(config, found, look);
}

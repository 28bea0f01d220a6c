/* Which program does this start, and may it?

   What is judged is the file that exec will run: the path, resolved as the
   kernel resolves it, in the directory where it will be.  A program's name in
   a policy means the file that the PATH gave for it when the application
   started; those files are found then, and remembered by their device and
   inode.  So neither a PATH that was changed, nor a directory that was, nor a
   link or another file called `git`, is git; and git by any other path is.  A
   child interpreter looks names up on the PATH of the first one.

   A script is judged as itself, not by the interpreter in its first line.
   system() and shell=True run /bin/sh, and whoever is granted that is granted
   whatever is called through it.

   Between the question and exec a little time passes.  A path on which exec
   could only fail when it was asked about is not tried any more.  What stays
   open is a link or a file that somebody who may write there replaces in
   between, and a program that is started by what was granted.

   A descriptor's path (/proc/self/fd/3, /dev/stdin) and the like mean another
   file in a child; there they are judged as a program that nobody names.

   policy_child.c asks here for each of the ways in which Python starts
   programs. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Places()
#include "pycore_policy_run.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <fcntl.h>                // AT_EACCESS
#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>              // statfs()
#include <unistd.h>

#define DEFAULT_PATH "/bin:/usr/bin"
#define PROC_MAGIC 0x9fa0

/* --- Names of programs -------------------------------------------------- */

/* What names and paths in the policies were at start-up. */
typedef struct {
    const char *name;           /* as written, without "!" */
    dev_t device;
    ino_t inode;
} Program;

static struct {
    char *path;
    Program *entries;
    size_t n;
} programs;

static bool
is_executable(const char *path, const struct stat *status)
{
    return S_ISREG(status->st_mode)
           && faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

static bool
is_program(const char *path, struct stat *status)
{
    return stat(path, status) == 0 && is_executable(path, status);
}

/* The first on the remembered PATH.  What is relative there means another
   file in each directory, and names none. */
static bool
look_up_file(const char *name, size_t len, struct stat *status,
             char file[PATH_MAX])
{
    for (const char *dir = _PyPolicyRun_SearchPath(); ; dir++) {
        size_t n = strcspn(dir, ":");
        if (*dir == '/' && n + len + 2 <= PATH_MAX) {
            memcpy(file, dir, n);
            file[n] = '/';
            memcpy(file + n + 1, name, len);
            file[n + 1 + len] = '\0';
            if (is_program(file, status)) {
                return true;
            }
        }
        dir += n;
        if (*dir == '\0') {
            return false;
        }
    }
}

static bool
look_up(const char *name, size_t len, struct stat *status)
{
    char file[PATH_MAX];
    return look_up_file(name, len, status, file);
}

static int
add_program(const char *name, const struct stat *status)
{
    Program *grown = PyMem_RawRealloc(programs.entries,
                                      (programs.n + 1) * sizeof(Program));
    if (grown == NULL) {
        return -1;
    }
    programs.entries = grown;
    grown[programs.n++] = (Program){name, status->st_dev, status->st_ino};
    return 0;
}

/* "$PREFIX/bin/python", which is a link in a virtual environment. */
static int
remember_in_places(const char *target)
{
    const _PyPolicyPlace *places;
    size_t n = _PyPolicyFile_Places(&places), len = strcspn(target, "/");
    for (size_t i = 0; i < n; i++) {
        struct stat status;
        if (strlen(places[i].name) != len
            || strncmp(places[i].name, target, len) != 0)
        {
            continue;
        }
        size_t size = strlen(places[i].path) + strlen(target + len) + 1;
        char *path = PyMem_RawMalloc(size);
        if (path == NULL) {
            return -1;
        }
        strcpy(path, places[i].path);
        strcat(path, target + len);
        if (!is_program(path, &status)) {
            PyMem_RawFree(path);
        }
        else if (add_program(path, &status) < 0) {
            PyMem_RawFree(path);
            return -1;
        }
    }
    return 0;
}

static int
remember(const char *target)
{
    struct stat status;
    const char *name = *target == '!' ? target + 1 : target;
    if (strpbrk(name, "*?") != NULL) {
        return 0;
    }
    if (*name == '$') {
        return remember_in_places(name);
    }
    if (!(*name == '/' ? is_program(name, &status)
                       : look_up(name, strlen(name), &status)))
    {
        return 0;
    }
    return add_program(name, &status);
}

int
_PyPolicyRun_Start(const _PyPolicy *const *policies, size_t n,
                   const char *inherited)
{
    const char *path = inherited != NULL ? inherited : getenv("PATH");
    programs.path = _PyMem_RawStrdup(path != NULL ? path : DEFAULT_PATH);
    if (programs.path == NULL) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < _PyPolicy_CountGrants(policies[i]); j++) {
            const _PyPolicyGrant *grant = _PyPolicy_GrantAt(policies[i], j);
            for (uint32_t k = 0; k < grant->n_targets; k++) {
                if (grant->capability == _PyPolicy_RUN
                    && remember(grant->targets[k]) < 0)
                {
                    return -1;
                }
            }
        }
    }
    return 0;
}

const char *
_PyPolicyRun_SearchPath(void)
{
    return programs.path != NULL ? programs.path : DEFAULT_PATH;
}

/* --- One file ----------------------------------------------------------- */

typedef struct {
    const char **names;         /* has room for all */
    size_t n;
} Names;

static void
add_name(Names *names, const char *name)
{
    for (size_t i = 0; i < names->n; i++) {
        if (strcmp(names->names[i], name) == 0) {
            return;
        }
    }
    names->names[names->n++] = name;
}

/* By the end of a path: for a name that no policy writes out. */
static void
add_last(Names *names, const char *path, const struct stat *status)
{
    struct stat found;
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    if (*name != '\0' && look_up(name, strlen(name), &found)
        && found.st_dev == status->st_dev && found.st_ino == status->st_ino)
    {
        add_name(names, name);
    }
}

static void
find_names(Names *names, const char *path, const char *resolved,
           const struct stat *status)
{
    add_last(names, path, status);
    for (size_t i = 0; i < programs.n; i++) {
        if (programs.entries[i].device == status->st_dev
            && programs.entries[i].inode == status->st_ino)
        {
            add_name(names, programs.entries[i].name);
        }
    }
    add_last(names, resolved, status);
}

static int
judge(const char *event, const char *path, const char *resolved,
      const struct stat *status)
{
    Names names = {PyMem_RawMalloc((programs.n + 2) * sizeof(char *)), 0};
    if (names.names == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (status != NULL) {
        find_names(&names, path, resolved, status);
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_RUN,
        .event = event,
        .target = {
            .text = resolved,
            .len = strlen(resolved),
            .port = -1,
            .program = names.n > 0 && *names.names[0] != '/'
                       ? names.names[0] : NULL,
            .names = names.names,
            .n_names = names.n,
        },
    };
    int result = _PyPolicyGate_Access(_PyThreadState_GET(), &access);
    PyMem_RawFree(names.names);
    return result;
}

/* Does whoever acts need to be asked about a program at all? */
static bool
is_free(const char *event)
{
    return !_PyPolicyGate_Restricts(_PyPolicy_RUN)
           || _PyPolicyGate_AllowsAll(_PyThreadState_GET(), _PyPolicy_RUN,
                                      event) == 1;
}

/* The resolved path (free()) and status of what exec would run; NULL when it
   could only fail, with its error in errno. */
static char *
resolve(const char *path, struct stat *status)
{
    struct stat again;
    char *resolved = realpath(path, NULL);
    if (resolved == NULL) {
        return NULL;
    }
    if (stat(path, status) < 0 || stat(resolved, &again) < 0
        || again.st_dev != status->st_dev || again.st_ino != status->st_ino)
    {
        errno = ENOENT;         /* it is being changed just now */
    }
    else if (!is_executable(path, status)) {
        errno = EACCES;
    }
    else {
        return resolved;
    }
    free(resolved);
    return NULL;
}

int
_PyPolicyRun_Find(const char *program, char text[], const char ***names,
                  _PyPolicyTarget *target)
{
    struct stat status;
    char file[PATH_MAX];
    const char *path = program;
    if (strchr(program, '/') == NULL
        && look_up_file(program, strlen(program), &status, file))
    {
        path = file;
    }
    Names found = {PyMem_RawMalloc((programs.n + 2) * sizeof(char *)), 0};
    if (found.names == NULL) {
        return -1;
    }
    char *resolved = resolve(path, &status);
    snprintf(text, PATH_MAX, "%s", resolved != NULL ? resolved : path);
    if (resolved != NULL) {
        find_names(&found, path == file ? program : path, text, &status);
    }
    free(resolved);
    *names = found.names;
    target->text = text;
    target->len = strlen(text);
    target->program = found.n > 0 && *found.names[0] != '/'
                      ? found.names[0] : NULL;
    target->names = found.names;
    target->n_names = found.n;
    return 0;
}

int
_PyPolicyRun_JudgeDescriptor(const char *event, int fd)
{
    char link[64], path[PATH_MAX];
    struct stat status, opened;
    if (is_free(event)) {
        return 0;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    bool known = n > 0 && fstat(fd, &opened) == 0 && stat(path, &status) == 0
                 && opened.st_dev == status.st_dev
                 && opened.st_ino == status.st_ino;
    return judge(event, path, known ? path : link, known ? &status : NULL);
}

/* --- In a child --------------------------------------------------------- */

/* Does the way lead over a link of the process itself, which in the child
   leads elsewhere? */
static bool
is_own_link(const char *dir, const char *name)
{
    char file[PATH_MAX];
    struct stat status;
    struct statfs system;
    return snprintf(file, sizeof(file), "%s/%s", dir, name)
               < (int)sizeof(file)
           && lstat(file, &status) == 0 && S_ISLNK(status.st_mode)
           && statfs(*dir != '\0' ? dir : "/", &system) == 0
           && system.f_type == PROC_MAGIC;
}

/* Walk the path as the kernel does.  Anything that cannot be followed is not
   the same for sure. */
static bool
is_same_in_child(const char *path, int depth)
{
    char done[PATH_MAX] = "", rest[PATH_MAX], link[PATH_MAX];
    if (*path != '/' || strlen(path) >= sizeof(rest) || depth > 40) {
        return false;
    }
    strcpy(rest, path);
    for (char *p = rest; *p != '\0'; ) {
        p += strspn(p, "/");
        size_t n = strcspn(p, "/"), end = strlen(done);
        char *next = p + n + (p[n] == '/');
        p[n] = '\0';
        if (n == 0 || strcmp(p, ".") == 0) {
            p = next;
            continue;
        }
        if (strcmp(p, "..") == 0) {
            char *slash = strrchr(done, '/');
            if (slash != NULL) {
                *slash = '\0';
            }
            p = next;
            continue;
        }
        if (is_own_link(done, p) || end + n + 2 > sizeof(done)) {
            return false;
        }
        done[end] = '/';
        memcpy(done + end + 1, p, n + 1);
        ssize_t m = readlink(done, link, sizeof(link) - 1);
        if (m >= 0) {
            link[m] = '\0';
            done[*link == '/' ? 0 : end] = '\0';
            char whole[PATH_MAX];
            int k = snprintf(whole, sizeof(whole), "%s/%s/%s", done, link,
                             next);
            return k < (int)sizeof(whole)
                   && is_same_in_child(whole, depth + 1);
        }
        p = next;
    }
    return true;
}

/* The path from here on; false when it is too long. */
static bool
make_whole(char whole[PATH_MAX], const char *dir, const char *path)
{
    char here[PATH_MAX];
    if (*path != '/' && (dir == NULL || *dir != '/')
        && getcwd(here, sizeof(here)) == NULL)
    {
        return false;
    }
    int n = *path == '/' ? snprintf(whole, PATH_MAX, "%s", path)
        : dir == NULL ? snprintf(whole, PATH_MAX, "%s/%s", here, path)
        : *dir == '/' ? snprintf(whole, PATH_MAX, "%s/%s", dir, path)
        : snprintf(whole, PATH_MAX, "%s/%s/%s", here, dir, path);
    return n < PATH_MAX;
}

int
_PyPolicyRun_Judge(const char *event, const char *path, bool child)
{
    char whole[PATH_MAX];
    struct stat status;
    if (is_free(event)) {
        return 0;
    }
    char *resolved = resolve(path, &status);
    if (resolved == NULL) {
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, path);
        return -1;
    }
    bool same = !child || (make_whole(whole, NULL, path)
                           && is_same_in_child(whole, 0));
    int result = same ? judge(event, path, resolved, &status)
                      : judge(event, path, path, NULL);
    free(resolved);
    return result;
}

/* As one of many, of which a later one may be there. */
static int
judge_one(const char *event, char *path, const char *dir, bool known)
{
    char whole[PATH_MAX];
    struct stat status;
    if ((!known && *path != '/') || !make_whole(whole, dir, path)) {
        return judge(event, path, path, NULL);
    }
    char *resolved = resolve(whole, &status);
    if (resolved == NULL) {
        /* "" does not exist, and "/" is no program. */
        if (*path != '\0') {
            path[0] = errno == ENOENT || errno == ENOTDIR ? '\0' : '/';
            path[1] = '\0';
        }
        return 0;
    }
    int result = is_same_in_child(whole, 0)
                 ? judge(event, path, resolved, &status)
                 : judge(event, path, path, NULL);
    free(resolved);
    return result;
}

int
_PyPolicyRun_JudgeAll(const char *event, char *const *paths, const char *dir,
                      bool known)
{
    if (is_free(event)) {
        return 0;
    }
    for (size_t i = 0; paths[i] != NULL; i++) {
        if (judge_one(event, paths[i], dir, known) < 0) {
            return -1;
        }
    }
    return 0;
}

int
_PyPolicyRun_JudgeSearched(const char *event, const char *name)
{
    char file[PATH_MAX];
    struct stat status;
    const char *dir = getenv("PATH");
    bool found = false;
    if (is_free(event)) {
        return 0;
    }
    if (strchr(name, '/') != NULL || *name == '\0') {
        return _PyPolicyRun_Judge(event, name, true);
    }
    for (dir = dir != NULL ? dir : DEFAULT_PATH; ; dir++) {
        size_t n = strcspn(dir, ":");
        int len = snprintf(file, sizeof(file), "%.*s/%s", n > 0 ? (int)n : 1,
                           n > 0 ? dir : ".", name);
        if (len < (int)sizeof(file) && is_program(file, &status)) {
            found = true;
            if (_PyPolicyRun_Judge(event, file, true) < 0) {
                return -1;
            }
        }
        dir += n;
        if (*dir == '\0') {
            break;
        }
    }
    if (!found) {
        errno = ENOENT;
        PyErr_SetFromErrnoWithFilename(PyExc_OSError, name);
    }
    return found ? 0 : -1;
}

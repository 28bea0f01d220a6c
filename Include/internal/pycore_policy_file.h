/* Which file is this, and may it be read or written? */

#ifndef Py_INTERNAL_POLICY_FILE_H
#define Py_INTERNAL_POLICY_FILE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_access.h"
#include "pycore_policy_target.h" // _PyPolicyPlace

#include <dirent.h>               // DIR, opendir()
#include <fcntl.h>                // AT_FDCWD, open()
#include <limits.h>               // PATH_MAX
#include <sys/types.h>            // mode_t, dev_t

/* --- Places (policy_file_places.c) -------------------------------------- */

/* Before anybody can change the environment: find out what the places are,
   what all may read, and what nobody may write.  `venv` is the virtual
   environment's directory or NULL; `tmp` and `home` are those of the process
   that this one was started by on somebody's behalf, else NULL.  Needs the
   roots (principal.h).  0, or -1 when memory is short. */
extern int _PyPolicyFile_Init(const PyConfig *config, const char *venv,
                              const char *tmp, const char *home);

/* $APP, $TMP, $HOME, $PREFIX; the array lives for ever. */
extern size_t _PyPolicyFile_Places(const _PyPolicyPlace **places);

/* "$PKG" of a principal, by its name, which must live for ever: its directory
   or file, resolved; NULL when it has none.  Lives for ever. */
extern const char *_PyPolicyFile_Package(const char *principal);

/* Room for one more item in an array, which may move.  NULL when memory is
   short. */
extern void *_PyPolicyFile_Grow(void *items, size_t n, size_t *size,
                                size_t item);

/* --- Other spellings (policy_file_spelling.c) ---------------------------- */

/* The other spellings of these path targets (with "!" or without), for a
   list that is to be compiled: where a directory that one begins with is
   reached through a link, what it leads to.  *more is an array of *n_more
   strings; free both with _PyPolicyFile_FreeSpellings().  0, or -1 when
   memory is short. */
extern int _PyPolicyFile_Spellings(const char *const *texts, size_t n,
                                   char ***more, size_t *n_more);
extern void _PyPolicyFile_FreeSpellings(char **more, size_t n_more);

/* --- What all may read, and nobody write (policy_file_public.c) ---------- */

/* A part of _PyPolicyFile_Init(). */
extern int _PyPolicyFile_InitPublic(const PyConfig *config);

/* No dependency may ever write this file, and the lock beside it: a policy
   in force, or one that it extends.  Start-up only; the same result. */
extern int _PyPolicyFile_Protect(const char *path);

/* May all read it: the standard library, what is installed, …?  Is it the
   device that swallows what is written?  Is it a file (or, with `above`, a
   directory above one) that no dependency may write? */
extern bool _PyPolicyFile_IsPublic(const char *path, size_t len);

/* Does that event only ask what is there?  Is it a directory above what all
   may read, or above the application's, or one of these, which is free to ask
   for? */
extern bool _PyPolicyFile_Looks(const char *event);
extern bool _PyPolicyFile_IsAbovePublic(const char *path, size_t len);
extern bool _PyPolicyFile_IsNull(const char *path, size_t len);
extern bool _PyPolicyFile_IsProtected(const char *path, size_t len,
                                      bool above);

/* Is it a source file of the application, which that itself may read? */
extern bool _PyPolicyFile_IsSource(const char *path, size_t len);

/* From now on this archive is one: the application loads code from it. */
extern void _PyPolicyFile_NoteArchive(const char *path);

/* _imp.judge_shown(fd): lines of this open file are about to be shown. */
extern PyObject *_PyPolicyFile_JudgeShown(PyObject *, PyObject *);

/* --- Resolution (policy_file_resolve.c) --------------------------------- */

typedef enum {
    _PyPolicyFile_NAMED,        /* text is absolute, without links, "." and
                                   ".."; what it names need not exist */
    _PyPolicyFile_HELD,         /* a descriptor of this process that refers
                                   to nothing with a name; text is its path
                                   below /proc, `fd` the descriptor */
    _PyPolicyFile_NOTHING,      /* the system will refuse the path as it is:
                                   empty, or too long */
    _PyPolicyFile_UNCLEAR,      /* cannot be found out; text is as written,
                                   and not absolute */
} _PyPolicyFileKind;

typedef struct {
    _PyPolicyFileKind kind;
    int fd;
    size_t len;
    char text[PATH_MAX];
} _PyPolicyFilePath;

/* Where will the system go, from the directory `dir_fd` (or AT_FDCWD) by
   this path?  `follow`: also where the last component leads.  A descriptor
   instead of a path: path NULL, and `dir_fd` it. */
extern void _PyPolicyFile_Resolve(int dir_fd, const char *path, bool follow,
                                  _PyPolicyFilePath *result);

/* Is it absolute, with none of "//", ".", ".." and no slash at the end, so
   that it is its own resolution unless there are links? */
extern bool _PyPolicyFile_IsClean(const char *path, size_t len);

/* open() that fails with ELOOP at any symbolic link but one that
   O_NOFOLLOW is meant for.  The path is absolute. */
extern int _PyPolicyFile_OpenNoLinks(const char *path, int flags,
                                     mode_t mode);

/* --- What is known (policy_file_known.c) --------------------------------- */

typedef enum {
    _PyPolicyFile_UNKNOWN,      /* has to be judged */
    _PyPolicyFile_GRANTED,      /* granted, if there are no links */
    _PyPolicyFile_WHOLE,        /* as is every other file */
} _PyPolicyFileKnown;

/* Was this granted to whoever acts?  `event` is a number of the caller's. */
extern _PyPolicyFileKnown _PyPolicyFile_Known(
    PyThreadState *tstate, const _PyPolicyActing *acting, uint32_t event,
    const char *path, bool reads, bool writes);

/* It has been, when so many changes had been made: below that directory, which
   lives as long as the process, or (length 0) everywhere. */
extern void _PyPolicyFile_Remember(PyThreadState *tstate,
                                   const _PyPolicyActing *acting,
                                   uint32_t event, bool writes,
                                   const char *path, size_t len, int changes);

/* --- Judgement (policy_file.c) ------------------------------------------ */

/* What opening with these flags does. */
static inline void
_PyPolicyFile_ModesOf(int flags, bool *reads, bool *writes)
{
    int way = flags & O_ACCMODE;
    *reads = way != O_WRONLY;
    *writes = way != O_RDONLY
              || (flags & (O_CREAT | O_TRUNC | O_APPEND)) != 0;
}

/* The same with the mode of fopen(), or NULL. */
extern void _PyPolicyFile_Modes(const char *mode, int flags, bool *reads,
                                bool *writes);

/* May whoever acts read it whatever is granted? */
extern bool _PyPolicyFile_IsFree(const _PyPolicyActing *acting,
                                 const char *path, size_t len);

/* Which links does an operation follow?  At the end of the path, that is;
   those before are always followed. */
typedef enum {
    _PyPolicyFile_FOLLOWED,
    _PyPolicyFile_NOT_FOLLOWED,
    _PyPolicyFile_PERHAPS,      /* the event does not say which */
} _PyPolicyFileLinks;

extern _PyPolicyFileLinks _PyPolicyFile_LinksOf(const char *event);

/* May whoever acts do this to whatever file it is? */
extern bool _PyPolicyFile_AllowsAny(const _PyPolicyActing *acting,
                                    const char *event, bool reads,
                                    bool writes);

/* What an operation does with a path. */
typedef struct {
    bool reads, writes;
    bool above;                 /* it moves all below it */
    bool again;                 /* see _PyPolicyAccess */
} _PyPolicyFileUse;

/* Judge a resolved path.  0; or -1 with AccessDenied set. */
extern int _PyPolicyFile_Judge(PyThreadState *tstate, const char *event,
                               const _PyPolicyActing *acting,
                               const _PyPolicyFilePath *path,
                               _PyPolicyFileUse use);

/* --- Seams: what upstream's code calls (policy_file_open.c) --------------

   errors.c, where a line of source is looked for: is it no file's name, but
   one that stands for something else ("<string>")?  Then it is not opened, and
   nobody is told that it was refused. */

extern bool _PyPolicyFile_IsNoFile(PyObject *name);

static inline bool
_PyPolicyGate_IsNoFile(PyObject *name)
{
    return _PyPolicy_Active && _PyPolicyFile_IsNoFile(name);
}

/* What opens a file, or a directory to list it, that somebody has asked for.

   fileio.c and posixmodule.c open files in two steps, and what is judged in
   the first is what is opened in the second, whatever happens in between:

       _PyPolicyOpening how;
       if (_PyPolicyGate_AuditOpen(&how, …) < 0) error;
       Py_BEGIN_ALLOW_THREADS
       fd = _PyPolicyGate_Open(&how, …);
       Py_END_ALLOW_THREADS

   When the second fails and `refused` is set, an exception is set too. */

typedef enum {
    _PyPolicyFile_OPEN,
    _PyPolicyFile_LISTDIR,
    _PyPolicyFile_SCANDIR,
} _PyPolicyFileEvent;

typedef struct {
    PyThreadState *tstate;      /* NULL: nothing is restricted */
    _PyPolicyFileEvent event;
    const char *path;           /* as converted by the caller, who keeps it */
    int dir_fd;
    int flags;
    bool refused;
    bool clean;                 /* open `path` itself, not resolved.text */
    _PyPolicyFilePath resolved;
} _PyPolicyOpening;

extern int _PyPolicyFile_AuditOpen(_PyPolicyOpening *how, PyObject *object,
                                   const char *mode);
extern int _PyPolicyFile_AuditListing(_PyPolicyOpening *how,
                                      PyObject *object);
extern int _PyPolicyFile_OpenJudged(_PyPolicyOpening *how, mode_t mode);
extern DIR *_PyPolicyFile_OpenDirectory(_PyPolicyOpening *how);

/* The event `open`, and the judgement.  `path` is NULL when no file is
   opened by name: `object` is a descriptor, or an opener opens it.  `mode`
   NULL is None in the event. */
static inline int
_PyPolicyGate_AuditOpen(_PyPolicyOpening *how, int dir_fd, const char *path,
                        PyObject *object, const char *mode, int flags)
{
    how->tstate = NULL;
    how->refused = false;
    if (_PyPolicy_Judges) {
        how->event = _PyPolicyFile_OPEN;
        how->dir_fd = dir_fd;
        how->path = path;
        how->flags = flags;
        return _PyPolicyFile_AuditOpen(how, object, mode);
    }
    return mode != NULL
        ? PySys_Audit("open", "Osi", object, mode, flags)
        : PySys_Audit("open", "OOi", object, Py_None, flags);
}

/* In place of open() and openat(), without the thread state. */
static inline int
_PyPolicyGate_Open(_PyPolicyOpening *how, int dir_fd, const char *path,
                   int flags, mode_t mode)
{
    if (how->tstate != NULL) {
        return _PyPolicyFile_OpenJudged(how, mode);
    }
    return dir_fd == AT_FDCWD ? open(path, flags, mode)
                              : openat(dir_fd, path, flags, mode);
}

/* The event `os.listdir` or `os.scandir`, and the judgement.  `path` is NULL
   for the current directory, `fd` is not -1 when that is listed instead. */
static inline int
_PyPolicyGate_AuditListing(_PyPolicyOpening *how, _PyPolicyFileEvent event,
                           const char *path, int fd, PyObject *object)
{
    how->tstate = NULL;
    how->refused = false;
    if (_PyPolicy_Judges && fd == -1) {
        how->event = event;
        how->path = path != NULL ? path : ".";
        return _PyPolicyFile_AuditListing(how, object);
    }
    return PySys_Audit(event == _PyPolicyFile_LISTDIR ? "os.listdir"
                                                      : "os.scandir",
                       "O", object != NULL ? object : Py_None);
}

/* In place of opendir(), without the thread state. */
static inline DIR *
_PyPolicyGate_OpenDirectory(_PyPolicyOpening *how, const char *path)
{
    return how->tstate != NULL ? _PyPolicyFile_OpenDirectory(how)
                               : opendir(path);
}

/* What makes, removes and moves names (policy_file_place.c): posixmodule.c,
   between an operation's event and the operation.  *dir_fd and *path come to
   mean the same in a directory that has been judged and is held open:

       _PyPolicyFilePlace place = {0};
       if (_PyPolicyGate_Place(&place, …) < 0) error;
       the operation, with *dir_fd and *path
       _PyPolicyGate_Leave(&place);

   `reads`: the contents get another name.  `link`: what a symbolic link will
   say, or NULL.  -1 with errno set, or with an exception; then nothing has to
   be left.  Leave keeps errno. */

typedef struct {
    int n;
    int fds[2];                 /* of both ends of a rename or a link */
} _PyPolicyFilePlace;

extern int _PyPolicyFile_Place(_PyPolicyFilePlace *place, const char *event,
                               bool reads, const char *link, int *dir_fd,
                               const char **path);
extern void _PyPolicyFile_Leave(_PyPolicyFilePlace *place);

static inline int
_PyPolicyGate_Place(_PyPolicyFilePlace *place, const char *event, bool reads,
                    const char *link, int *dir_fd, const char **path)
{
    return _PyPolicy_Active ? _PyPolicyFile_Place(place, event, reads, link,
                                                  dir_fd, path) : 0;
}

static inline void
_PyPolicyGate_Leave(_PyPolicyFilePlace *place)
{
    if (place->n > 0) {
        _PyPolicyFile_Leave(place);
    }
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_FILE_H */

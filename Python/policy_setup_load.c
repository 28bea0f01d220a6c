/* Which of the places that were found have a policy, and what is in it?

   Each file is read, hashed and parsed, with what it extends, and so is the
   lock that lies beside it.  A file that two places name counts once.  What
   was handed down by the interpreter that started this one must still be what
   that enforces.  Whatever is wrong with any of them is said here, and ends
   the process: there is no such thing as most of the policies.

   Called by policy_setup.c, once, on a single thread. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_policy_extends.h"
#include "pycore_policy_limits.h"
#include "pycore_policy_lock_find.h"
#include "pycore_policy_read.h"
#include "pycore_policy_setup_impl.h"
#include "pycore_pylifecycle.h"   // _PyOS_URandomNonblock()

#include <string.h>

/* --- One policy --------------------------------------------------------- */

/* The name of a policy for people: an archive is a directory to them. */
static char *
display_name(const _PyPolicySource *source)
{
    return source->member == NULL
        ? _PyPolicyRead_Copy(source->path)
        : _PyPolicyRead_Join(source->path, source->member);
}

static bool
is_loaded(const _PyPolicyLoaded *all, const _PyPolicySource *source,
          const _PyPolicyFile *file)
{
    for (size_t i = 0; i < all->n; i++) {
        const char *a = all->sources[i].member, *b = source->member;
        if (all->files[i].device == file->device
            && all->files[i].inode == file->inode
            && strcmp(a ? a : "", b ? b : "") == 0)
        {
            return true;
        }
    }
    return false;
}

/* What was handed down must still be what the parent enforces. */
static int
check_mark(const char *name, const _PyPolicySource *source, const char *mark)
{
    if (!source->inherited || strcmp(source->mark, mark) == 0) {
        return 0;
    }
    return _PyPolicyRead_Fail(
        name, "the policy has changed since the interpreter that started this "
        "one read it; start that again");
}

static int
keep(_PyPolicyLoaded *all, _PyPolicySource *source, const _PyPolicyFile *file,
     _PyPolicy *policy)
{
    static const char *const format = "inherited: %s";
    const char *name = _PyPolicyOrigin_Name(source->origin);
    if (source->inherited) {
        size_t size = strlen(format) + strlen(name);
        char *longer = PyMem_RawMalloc(size);
        if (longer == NULL) {
            return _PyPolicyRead_NoMemory();
        }
        snprintf(longer, size, format, name);
        name = longer;
    }
    all->policies[all->n] = policy;
    all->origins[all->n] = name;
    all->files[all->n].device = file->device;
    all->files[all->n].inode = file->inode;
    all->sources[all->n] = *source;
    all->n++;
    memset(source, 0, sizeof(*source));     /* its strings are ours now */
    return 0;
}

/* The first thing that is wrong: another text than the parent's comes before
   what is wrong in it. */
static int
fail_parse(const char *name, const _PyPolicySource *source,
           const _PyPolicyExtends *extends, const char *mark,
           const _PyPolicyError *error)
{
    if (!extends->said && check_mark(name, source, mark) == 0) {
        if (error->message == NULL) {
            _PyPolicyRead_NoMemory();
        }
        else {
            _PyPolicyRead_Line(error->message);
        }
    }
    return -1;
}

/* Most processes have no policy: where the first is found is soon enough. */
static int
make_room(_PyPolicyLoaded *all, const _PyPolicyFound *found)
{
    if (all->policies != NULL) {
        return 0;
    }
    size_t n = found->n_sources;
    all->key = found->key;
    if (all->key == 0
        && _PyOS_URandomNonblock(&all->key, sizeof(all->key)) < 0)
    {
        return _PyPolicyRead_Fail(found->sources[0].path, "the system has no "
                                  "random numbers for the policy");
    }
    all->policies = PyMem_RawCalloc(n, sizeof(*all->policies));
    all->sources = PyMem_RawCalloc(n, sizeof(*all->sources));
    all->files = PyMem_RawCalloc(n, sizeof(*all->files));
    all->origins = PyMem_RawCalloc(n, sizeof(*all->origins));
    all->locks = PyMem_RawCalloc(n, sizeof(*all->locks));
    return all->policies == NULL || all->sources == NULL || all->files == NULL
           || all->origins == NULL || all->locks == NULL
           ? _PyPolicyRead_NoMemory() : 0;
}

/* Takes the file's text over. */
static int
parse(_PyPolicyLoaded *all, _PyPolicySource *source, const PyConfig *config,
      const _PyPolicyFile *file, const char *name)
{
    char mark[_PyPolicyContent_MARK];
    _PyPolicy *policy = NULL;
    _PyPolicyError error = {.message = NULL};
    _PyPolicyExtends extends;
    _PyPolicyFile lock;
    char *lock_name = NULL;
    int result = -1, locked = 0;
    if (_PyPolicyExtends_Begin(&extends, source, config, file) < 0
        || (locked = _PyPolicyLock_ReadBeside(source, &extends.content, &lock,
                                              &lock_name)) < 0)
    {
        goto done;
    }
    policy = _PyPolicy_Parse(name, file->text, file->len, &extends.extender,
                             &error);
    _PyPolicyContent_Mark(&extends.content, all->key, mark);
    if (policy == NULL) {
        result = fail_parse(name, source, &extends, mark, &error);
        goto done;
    }
    if (check_mark(name, source, mark) < 0
        || (locked && _PyPolicyLock_Take(&lock, lock_name) < 0))
    {
        goto done;
    }
    memcpy(source->mark, mark, sizeof(mark));
    source->content = extends.content;
    extends.content = (_PyPolicyContent){0};
    if (keep(all, source, file, policy) == 0) {
        all->locks[all->n - 1] = lock_name;
        lock_name = NULL;
        policy = NULL;
        result = 0;
    }
done:
    if (locked > 0) {
        PyMem_RawFree(lock.text);
    }
    PyMem_RawFree(lock_name);
    _PyPolicyExtends_Clear(&extends);
    _PyPolicyError_Clear(&error);
    _PyPolicy_Free(policy);
    return result;
}

static int
load(_PyPolicyLoaded *all, _PyPolicyFound *found, _PyPolicySource *source,
     const PyConfig *config)
{
    _PyPolicyFile file;
    int there = source->member != NULL
        ? _PyPolicyRead_Member(source->path, source->member,
                               _PyPolicy_MAX_FILE, &file)
        : _PyPolicyRead_File(source->path, _PyPolicy_MAX_FILE, &file);
    if (there == 0 && source->named_by != NULL) {
        return _PyPolicyRead_Fail(source->path, "there is no such file, but "
                                  "%s names it", source->named_by);
    }
    if (there <= 0) {
        return there;
    }
    int result = -1;
    char *name = NULL;
    /* A policy belongs to the place where it was found, even when a link
       puts it there. */
    char *path = _PyPolicyRead_Canonical(source->path);
    if (path == NULL || make_room(all, found) < 0) {
        PyMem_RawFree(path);
        goto done;
    }
    PyMem_RawFree(source->path);
    source->path = path;
    name = display_name(source);
    if (name == NULL) {
        goto done;
    }
    if (is_loaded(all, source, &file)) {
        result = 0;
        goto done;
    }
    result = parse(all, source, config, &file, name);
    file.text = NULL;
done:
    PyMem_RawFree(name);
    PyMem_RawFree(file.text);
    return result;
}

/* --- All of them -------------------------------------------------------- */

void
_PyPolicySetup_ClearLoaded(_PyPolicyLoaded *all)
{
    for (size_t i = 0; i < all->n; i++) {
        _PyPolicy_Free((_PyPolicy *)all->policies[i]);
        if (all->sources[i].inherited) {
            PyMem_RawFree((char *)all->origins[i]);
        }
        PyMem_RawFree(all->locks[i]);
    }
    _PyPolicyFound sources = {.sources = all->sources, .n_sources = all->n};
    _PyPolicyFind_Clear(&sources);
    PyMem_RawFree(all->policies);
    PyMem_RawFree(all->files);
    PyMem_RawFree(all->origins);
    PyMem_RawFree(all->locks);
    memset(all, 0, sizeof(*all));
}

int
_PyPolicySetup_Load(_PyPolicyLoaded *all, _PyPolicyFound *found,
                    const PyConfig *config)
{
    for (size_t i = 0; i < found->n_sources; i++) {
        if (load(all, found, &found->sources[i], config) < 0) {
            return -1;
        }
    }
    return 0;
}

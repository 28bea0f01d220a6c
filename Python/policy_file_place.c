/* How does an operation on a name happen in the directory that was judged?

   An event says which path an operation means, and the path is judged; by the
   time the system follows it, another thread may have changed the working
   directory, or put a link in the way.  Opening has an answer of its own
   (policy_file_open.c).  For what makes, removes and moves names there is this
   one: the directory in which the name is, or will be, is opened first, as a
   mere place (O_PATH); what is judged is the name in that place, wherever it
   is by now; and the operation happens there, by its variant that takes a
   directory's descriptor.

   A path that ends in "." or ".." names nothing that these operations could
   make, remove or move: it is left to the system, which refuses it.

   It costs two system calls and a second judgement, for those who may not do
   everything everywhere.

   Called by: upstream's posixmodule.c, between the event and the operation. */

#include "Python.h"
#include "pycore_policy_exempt.h"
#include "pycore_policy_file.h"
#include "pycore_policy_setup.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Where the last component begins; NULL: it is none that can be made. */
static const char *
last_of(const char *path)
{
    size_t end = strlen(path), start;
    while (end > 0 && path[end - 1] == '/') {
        end--;
    }
    for (start = end; start > 0 && path[start - 1] != '/'; start--) {
    }
    size_t n = end - start;
    return n == 0 || (path[start] == '.'
                      && (n == 1 || (n == 2 && path[start + 1] == '.')))
           ? NULL : path + start;
}

static int
open_parent(int dir_fd, const char *path, const char *last)
{
    char parent[PATH_MAX] = ".";
    size_t n = last - path;
    if (n >= sizeof(parent)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (n > 0) {
        memcpy(parent, path, n);
        parent[n] = '\0';
    }
    return openat(dir_fd, parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int
judge(PyThreadState *tstate, const char *event, const _PyPolicyActing *acting,
      int fd, const char *name, bool follow, bool reads)
{
    _PyPolicyFilePath path;
    _PyPolicyFile_Resolve(fd, name, follow, &path);
    return _PyPolicyFile_Judge(tstate, event, acting, &path,
                               (_PyPolicyFileUse){
        .reads = reads, .writes = true, .again = true,
        .above = strcmp(event, "os.rename") == 0});
}

int
_PyPolicyFile_Place(_PyPolicyFilePlace *place, const char *event, bool reads,
                    const char *link, int *dir_fd, const char **path)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    const char *last = last_of(*path);
    if (last == NULL
        || _PyPolicyFile_AllowsAny(&acting, event, reads, true)
        || _PyPolicyExempt_Event(tstate, event, NULL, NULL))
    {
        return 0;
    }
    int fd = open_parent(*dir_fd, *path, last);
    if (fd < 0) {
        _PyPolicyFile_Leave(place);
        return -1;
    }
    place->fds[place->n++] = fd;
    /* What a link says is relative to the directory that it is in. */
    if (judge(tstate, event, &acting, fd, last, false, reads) < 0
        || (link != NULL
            && judge(tstate, event, &acting, fd, link, true, false) < 0))
    {
        _PyPolicyFile_Leave(place);
        return -1;
    }
    *dir_fd = fd;
    *path = last;
    return 0;
}

void
_PyPolicyFile_Leave(_PyPolicyFilePlace *place)
{
    int saved = errno;
    while (place->n > 0) {
        close(place->fds[--place->n]);
    }
    errno = saved;
}

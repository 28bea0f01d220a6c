/* What else may a target be called?

   Accesses are resolved before they are compared, so a target that leads
   through a symbolic link would hold nothing: /tmp may be a link, and so may
   a part of what stands behind $APP.  For each target that begins with a
   directory which is reached through a link, what it leads to is added to the
   list.  What begins where links mean something else for everybody who asks
   (/proc, /dev) is taken as it is.

   Called by policy_permission.c when it compiles a list. */

#include "Python.h"
#include "pycore_policy_file.h"

#include <stdio.h>
#include <string.h>

void
_PyPolicyFile_FreeSpellings(char **more, size_t n_more)
{
    for (size_t i = 0; i < n_more; i++) {
        PyMem_RawFree(more[i]);
    }
    PyMem_RawFree(more);
}

/* How much of the path can be resolved: whole components without
   wildcards. */
static size_t
literal_len(const char *path)
{
    size_t n = strcspn(path, "*?");
    if (path[n] == '\0') {
        return n;
    }
    while (n > 0 && path[n] != '/') {
        n--;
    }
    return n;
}

/* Begun with `head` (a place's directory, or nothing), what else may the
   target be called?  *spelling is NULL when there is nothing else. */
static int
spell(const char *head, const char *text, bool excluded, char **spelling)
{
    _PyPolicyFilePath path;
    char whole[PATH_MAX];
    size_t n = literal_len(text);
    *spelling = NULL;
    int len = snprintf(whole, sizeof(whole), "%s%.*s", head, (int)n, text);
    if (len >= (int)sizeof(whole) || strncmp(whole, "/proc/", 6) == 0
        || strncmp(whole, "/dev/", 5) == 0)
    {
        return 0;               /* what these links mean depends on who asks */
    }
    _PyPolicyFile_Resolve(AT_FDCWD, whole, true, &path);
    if (len > 1 && whole[len - 1] == '/') {
        whole[len - 1] = '\0';
    }
    if (path.kind != _PyPolicyFile_NAMED || strcmp(path.text, whole) == 0
        || strpbrk(path.text, "*?") != NULL)
    {
        return 0;
    }
    size_t size = path.len + strlen(text + n) + 2;
    char *result = PyMem_RawMalloc(size);
    if (result == NULL) {
        return -1;
    }
    snprintf(result, size, "%s%s%s", excluded ? "!" : "",
             path.len == 1 && text[n] != '\0' ? "" : path.text, text + n);
    *spelling = result;
    return 0;
}

static int
add_spelling(const char *head, const char *text, bool excluded, char ***more,
             size_t *n_more, size_t *size)
{
    char *spelling;
    if (spell(head, text, excluded, &spelling) < 0) {
        return -1;
    }
    if (spelling == NULL) {
        return 0;
    }
    char **items = _PyPolicyFile_Grow(*more, *n_more, size, sizeof(char *));
    if (items == NULL) {
        PyMem_RawFree(spelling);
        return -1;
    }
    *more = items;
    items[(*n_more)++] = spelling;
    return 0;
}

int
_PyPolicyFile_Spellings(const char *const *texts, size_t n, char ***more,
                        size_t *n_more)
{
    const _PyPolicyPlace *places;
    size_t size = 0, n_places = _PyPolicyFile_Places(&places);
    *more = NULL;
    *n_more = 0;
    for (size_t i = 0; i < n; i++) {
        bool excluded = texts[i][0] == '!';
        const char *text = texts[i] + excluded;
        size_t name = strcspn(text, "/");
        int result = 0;
        if (name == 0) {
            result = add_spelling("", text, excluded, more, n_more, &size);
        }
        for (size_t j = 0; text[0] == '$' && j < n_places
                           && result == 0; j++)
        {
            if (strlen(places[j].name) == name
                && memcmp(places[j].name, text, name) == 0)
            {
                result = add_spelling(places[j].path, text + name,
                                      excluded, more, n_more, &size);
            }
        }
        if (result < 0) {
            _PyPolicyFile_FreeSpellings(*more, *n_more);
            *more = NULL;
            *n_more = 0;
            return -1;
        }
    }
    return 0;
}

/* Which host, port or socket does this reach, and may it?

   Judged is what the kernel gets: the socket address after conversion, in
   the seams of socketmodule.c.  So it does not matter how an address was
   written, or by whom and when it was resolved; and the address cannot change
   any more.  An audit event tells what the caller passed, which may be
   something else by then.

   A name is judged before the resolver hears of it, for asking is telling:
   whoever runs the name's servers reads it.  Its port is not known yet, so a
   grant of the host on some port will do.

   What no target can name needs `"net": true`: raw sockets, protocols that
   connect by themselves, address families other than IPv4, IPv6 and Unix,
   and options that send packets by way of another host. */

#include "Python.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_known.h"
#include "pycore_policy_net.h"
#include "pycore_policy_target_address.h"
#include "pycore_policy_target_host.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"        // _PySecman_DependsAtSeams()

#include <limits.h>               // PATH_MAX
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>               // realpath()
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>               // gethostname()

/* --- Asking ------------------------------------------------------------- */

/* What is asked about, and for whom, which one walk over the stack tells. */
typedef struct {
    const char *event;
    _PyPolicyActing acting;
} Asked;

static Asked
ask(const char *event)
{
    return (Asked){event, _PyPolicyStack_Acting(_PyThreadState_GET())};
}

static int
judge(const Asked *asked, const _PyPolicyTarget *target)
{
    const _PyPolicyAccess access = {
        .capability = _PyPolicy_NET, .event = asked->event, .target = *target,
    };
    return _PyPolicyGate_AccessOf(_PyThreadState_GET(), &access,
                                  &asked->acting);
}

/* Nothing that a target could name: any grant will do. */
static int
judge_nothing(const Asked *asked)
{
    const _PyPolicyTarget target = {.port = -1};
    return judge(asked, &target);
}

/* A host's name, the path of a Unix socket, or, with a colon that is not
   "unix:", something for which there are no targets. */
static int
judge_text(const Asked *asked, const char *text, size_t len, int port)
{
    const _PyPolicyTarget target = {.text = text, .len = len, .port = port};
    return judge(asked, &target);
}

static int
judge_special(const Asked *asked, const char *what, int number)
{
    char text[48];
    snprintf(text, sizeof(text), "%s:%d", what, number);
    return judge_text(asked, text, strlen(text), -1);
}

/* An IPv4 address, or an IPv6 one, which may be an IPv4 one in disguise. */
static int
judge_ip(const Asked *asked, const uint8_t *address, int len, int port)
{
    _PyPolicyNetNames names;
    _PyPolicyTarget target = {.port = port};
    memcpy(target.address, address, len);
    len = _PyPolicyAddress_Reduce(target.address, len);
    target.address_len = (uint8_t)len;
    if (_PyPolicyNet_Recall(target.address, len, &names) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    target.names = names.names;
    target.n_names = names.n;
    int result = judge(asked, &target);
    _PyPolicyNet_Release(&names);
    return result;
}

/* The same for what is reached: to the kernel, no address at all is this
   machine's own. */
static int
judge_reached(const Asked *asked, const uint8_t *address, int len, int port)
{
    static const uint8_t none[16];
    static const uint8_t own4[4] = {127, 0, 0, 1}, own6[16] = {[15] = 1};
    uint8_t reduced[16];
    memcpy(reduced, address, len);
    len = _PyPolicyAddress_Reduce(reduced, len);
    if (memcmp(reduced, none, len) != 0) {
        return judge_ip(asked, reduced, len, port);
    }
    /* A socket that was bound to an IPv4 address reaches that one by "::". */
    return len == 16 && judge_ip(asked, own6, 16, port) < 0
           ? -1 : judge_ip(asked, own4, 4, port);
}


/* --- Socket addresses --------------------------------------------------- */

/* The file that a relative path, or one over symbolic links, leads to.  The
   last part may not be there yet (bind() makes it).  false: there is none,
   and the operation will fail. */
static bool
resolve_path(const char *path, char resolved[PATH_MAX])
{
    if (realpath(path, resolved) != NULL) {
        return true;
    }
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;
    size_t n = (size_t)(last - path);
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        return false;
    }
    memcpy(folder, n ? path : "./", n ? n : 2);
    folder[n ? n : 2] = '\0';
    if (realpath(folder, resolved) == NULL) {
        return false;
    }
    size_t len = strlen(resolved);
    int written = snprintf(resolved + len, PATH_MAX - len, "%s%s",
                           len > 1 ? "/" : "", last);
    return written >= 0 && (size_t)written < PATH_MAX - len;
}

static int
judge_unix(const Asked *asked, const struct sockaddr_un *address, size_t len)
{
    char text[5 + PATH_MAX] = "unix:", path[sizeof(address->sun_path) + 1];
    size_t n = len - offsetof(struct sockaddr_un, sun_path);
    n = n < sizeof(address->sun_path) ? n : sizeof(address->sun_path);
    if (n == 0 || address->sun_path[0] == '\0') {
        /* A name in a space of its own, which may hold any byte; without
           one, the kernel chooses it. */
        text[5] = '@';
        if (n > 0) {
            memcpy(text + 6, address->sun_path + 1, n - 1);
        }
        return judge_text(asked, text, 6 + (n > 0 ? n - 1 : 0), -1);
    }
    if (!_PySecman_DependsAtSeams(_PyPolicy_NET)
        && _PyPolicyGate_AllowsAllTo(_PyPolicy_NET, asked->event,
                                     &asked->acting) == 1)
    {
        return 0;
    }
    memcpy(path, address->sun_path, n);
    path[n] = '\0';
    if (!resolve_path(path, text + 5)) {
        /* Only what is plain may look like a path that targets hold. */
        bool plain = *path == '/' && strstr(path, "/.") == NULL;
        snprintf(text, sizeof(text), "%s:%s", plain ? "unix" : "path", path);
    }
    return judge_text(asked, text, strlen(text), -1);
}

static int
judge_address(const Asked *asked, const void *address, size_t len, bool port,
              bool reached)
{
    const struct sockaddr *any = address;
    if (any->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *v4 = address;
        return (reached ? judge_reached : judge_ip)(
            asked, (const uint8_t *)&v4->sin_addr, 4,
            port ? ntohs(v4->sin_port) : -1);
    }
    if (any->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *v6 = address;
        return (reached ? judge_reached : judge_ip)(
            asked, (const uint8_t *)&v6->sin6_addr, 16,
            port ? ntohs(v6->sin6_port) : -1);
    }
    if (any->sa_family == AF_UNIX
        && len >= offsetof(struct sockaddr_un, sun_path))
    {
        return judge_unix(asked, address, len);
    }
    return judge_special(asked, "family", any->sa_family);
}

int
_PyPolicyNet_JudgeUsed(const char *event, const _PyPolicyActing *acting,
                       const void *address, size_t len)
{
    if (!_PySecman_DependsAtSeams(_PyPolicy_NET)
        && _PyPolicyKnown_IsWhole(_PyPolicy_NET, acting) > 0)
    {
        return 0;               /* whatever address it is */
    }
    Asked asked = {event, *acting};
    return judge_address(&asked, address, len, true,
                         strcmp(event, "socket.bind") != 0);
}

int
_PyPolicyGate_JudgeAddress(const char *event, const void *address, size_t len)
{
    Asked asked = ask(event);
    return _PyPolicyNet_JudgeUsed(event, &asked.acting, address, len);
}

int
_PyPolicyGate_JudgeListen(int fd)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    if (getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
        return 0;               /* no socket: listen() will say so */
    }
    /* The port is at the same place in both. */
    if ((address.ss_family == AF_INET || address.ss_family == AF_INET6)
        && ((const struct sockaddr_in *)&address)->sin_port == 0)
    {
        Asked asked = ask("socket.bind");
        return judge_address(&asked, &address, len, true, false);
    }
    return 0;                   /* judged when it was bound */
}


/* --- Names -------------------------------------------------------------- */

/* A name as names are compared.  false when it is too long to be one. */
static bool
fold_name(const char *name, size_t len,
          char folded[_PyPolicyHost_MAX_NAME + 1])
{
    len -= len > 0 && name[len - 1] == '.';
    if (len > _PyPolicyHost_MAX_NAME) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        folded[i] = Py_TOLOWER(Py_CHARMASK(name[i]));
    }
    folded[len] = '\0';
    return true;
}

/* Asking what the machine itself is called tells nobody anything. */
static bool
is_own_name(const char *folded)
{
    char own[_PyPolicyHost_MAX_NAME + 1], folded_own[sizeof(own)];
    own[sizeof(own) - 1] = '\0';
    return gethostname(own, sizeof(own) - 1) == 0
           && fold_name(own, strlen(own), folded_own)
           && folded_own[0] != '\0' && strcmp(folded, folded_own) == 0;
}

/* A name that somebody is asked about, or that is told. */
static int
judge_name(const Asked *asked, const char *name, size_t len, int port)
{
    char folded[_PyPolicyHost_MAX_NAME + 1];
    if (!fold_name(name, len, folded)) {
        return judge_special(asked, "name of bytes", (int)len);
    }
    return judge_text(asked, folded, strlen(folded), port);
}

int
_PyPolicyGate_JudgeName(const char *event, const char *name)
{
    Asked asked = ask(event);
    uint8_t address[16];
    char folded[_PyPolicyHost_MAX_NAME + 1];
    size_t len = name != NULL ? strlen(name) : 0;
    if (len == 0 || _PyPolicyAddress_Read(name, len, address) > 0
        || (fold_name(name, len, folded) && is_own_name(folded)))
    {
        /* Nobody is asked; for an address, what is done with it counts. */
        return judge_nothing(&asked);
    }
    return judge_name(&asked, name, len, -1);
}

/* The bytes of an IP address; 0 when it is of another family. */
static int
bytes_of(const struct sockaddr *address, uint8_t bytes[16])
{
    if (address->sa_family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)address)->sin_addr, 4);
        return 4;
    }
    if (address->sa_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
        return _PyPolicyAddress_Reduce(bytes, 16);
    }
    return 0;
}

/* socket.getfqdn() asks what the machine's own address is called. */
int
_PyPolicyGate_JudgeLookup(const char *event, const void *address, size_t len)
{
    Asked asked = ask(event);
    _PyPolicyNetNames names;
    uint8_t bytes[16];
    bool own = false;
    int size = bytes_of(address, bytes);
    if (size > 0 && _PyPolicyNet_Recall(bytes, size, &names) == 0) {
        for (size_t i = 0; i < names.n && !own; i++) {
            own = is_own_name(names.names[i]);
        }
        _PyPolicyNet_Release(&names);
    }
    return own ? judge_nothing(&asked)
               : judge_address(&asked, address, len, false, true);
}

static void
remember(const char *name, const struct sockaddr *address)
{
    uint8_t bytes[16];
    int len = bytes_of(address, bytes);
    if (len > 0) {
        _PyPolicyNet_Remember(name, bytes, len);
    }
}

/* The name under which answers are remembered; false for addresses, which
   nobody was asked about. */
static bool
is_memorable(const char *name, char folded[_PyPolicyHost_MAX_NAME + 1])
{
    uint8_t address[16];
    return name != NULL && *name != '\0'
           && _PyPolicyAddress_Read(name, strlen(name), address) == 0
           && fold_name(name, strlen(name), folded);
}

void
_PyPolicyGate_RememberInfo(const char *name, const struct addrinfo *info)
{
    char folded[_PyPolicyHost_MAX_NAME + 1];
    if (is_memorable(name, folded)) {
        for (; info != NULL; info = info->ai_next) {
            remember(folded, info->ai_addr);
        }
    }
}

void
_PyPolicyGate_RememberHost(const char *name, const struct hostent *host)
{
    char folded[_PyPolicyHost_MAX_NAME + 1];
    if (host == NULL || host->h_addrtype != AF_INET
        || !is_memorable(name, folded))
    {
        return;
    }
    for (char **address = host->h_addr_list; *address != NULL; address++) {
        _PyPolicyNet_Remember(folded, (const uint8_t *)*address, 4);
    }
}


/* --- What no target names ----------------------------------------------- */

int
_PyPolicyGate_JudgeOption(const char *event, int level, int option)
{
    /* Packets go to the first host of a source route, whatever address was
       judged; SCTP connects and sends to addresses inside options. */
    bool routes = (level == IPPROTO_IP
                   && (option == 4          /* IP_OPTIONS */
                       || option == 7))     /* IP_RETOPTS */
#ifdef IPV6_RTHDR
                  || (level == IPPROTO_IPV6 && option == IPV6_RTHDR)
#endif
#ifdef IPV6_2292RTHDR
                  || (level == IPPROTO_IPV6 && option == IPV6_2292RTHDR)
#endif
#ifdef IPV6_2292PKTOPTIONS
                  || (level == IPPROTO_IPV6 && option == IPV6_2292PKTOPTIONS)
#endif
                  || level == 132;          /* IPPROTO_SCTP */
    if (!routes) {
        return 0;
    }
    Asked asked = ask(event);
    return judge_special(&asked, "option", option);
}

/* Will this socket reach only what connect(), bind() and sendto() are told?
   -1 stands for the default. */
static bool
is_plain_protocol(int type, int protocol)
{
    if (type == SOCK_STREAM || type == -1) {
        return protocol <= 0 || protocol == IPPROTO_TCP
               || protocol == 262;          /* IPPROTO_MPTCP */
    }
    return type == SOCK_DGRAM
           && (protocol <= 0 || protocol == IPPROTO_UDP
               || protocol == 136           /* IPPROTO_UDPLITE */
               || protocol == IPPROTO_ICMP
               || protocol == IPPROTO_ICMPV6);
}

static int
judge_socket(const Asked *asked, int family, int type, int protocol)
{
    if (family == AF_UNIX) {
        return judge_nothing(asked);
    }
    if (family != -1 && family != AF_INET && family != AF_INET6) {
        return judge_special(asked, "family", family);
    }
    if (type != -1) {
        type &= 0xF;            /* without SOCK_NONBLOCK and SOCK_CLOEXEC */
    }
    if (!is_plain_protocol(type, protocol)) {
        return type == SOCK_STREAM || type == SOCK_DGRAM || type == -1
               ? judge_special(asked, "protocol", protocol)
               : judge_special(asked, "type", type);
    }
    return judge_nothing(asked);
}


/* --- Events ------------------------------------------------------------- */

/* An argument that is an int, as C code would get it. */
static bool
read_int(PyObject *args, Py_ssize_t i, int *number)
{
    PyObject *value = i < PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, i)
                                                 : NULL;
    int overflow;
    if (value == NULL || !PyLong_Check(value)) {
        return false;
    }
    long found = PyLong_AsLongAndOverflow(value, &overflow);
    *number = (int)found;
    return !overflow && found >= INT_MIN && found <= INT_MAX;
}

static int
judge_host_argument(const Asked *asked, PyObject *host, int port)
{
    const char *text = NULL;
    uint8_t address[16];
    Py_ssize_t len = 0;
    if (host == Py_None) {
        return judge_nothing(asked);
    }
    if (PyUnicode_Check(host)) {
        text = PyUnicode_AsUTF8AndSize(host, &len);
        if (text == NULL && !PyErr_ExceptionMatches(PyExc_UnicodeError)) {
            return -1;
        }
        PyErr_Clear();
    }
    else if (PyBytes_Check(host)) {
        text = PyBytes_AS_STRING(host);
        len = PyBytes_GET_SIZE(host);
    }
    if (text == NULL) {
        return judge_text(asked, "host:?", 6, -1);
    }
    int size = _PyPolicyAddress_Read(text, (size_t)len, address);
    return len == 0 ? judge_nothing(asked)
         : size > 0 ? judge_reached(asked, address, size, port)
         : judge_name(asked, text, (size_t)len, port);
}

/* socket.__new__, and what modules of the standard library say before they
   connect: a host and, behind it, a port. */
int
_PyPolicyNet_JudgeEvent(PyThreadState *Py_UNUSED(tstate),
                        const _PyPolicyEvent *event,
                        const _PyPolicyActing *acting, PyObject *args)
{
    Asked asked = {event->name, *acting};
    int family, type, protocol, port;
    if (strcmp(event->name, "socket.__new__") == 0) {
        return read_int(args, 1, &family) && read_int(args, 2, &type)
               && read_int(args, 3, &protocol)
               ? judge_socket(&asked, family, type, protocol)
               : judge_text(&asked, "type:?", 6, -1);
    }
    if (event->arg < 0 || event->arg >= PyTuple_GET_SIZE(args)) {
        return judge_text(&asked, "host:?", 6, -1);
    }
    if (!read_int(args, event->arg + 1, &port) || port <= 0 || port > 65535) {
        port = -1;
    }
    return judge_host_argument(&asked,
                               PyTuple_GET_ITEM(args, event->arg), port);
}

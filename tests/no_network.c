/* Preloaded into a program where no network namespace can be had: it reaches nobody but this machine, and whom it
   tried to reach is written to the file that NETWORK_RECORD names, as tests/no_network.py does. What goes past the
   C library is not seen.

   cc -shared -fPIC -o no_network.so no_network.c */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void note(const char *line)
{
    int file = open(getenv("NETWORK_RECORD"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || write(file, line, strlen(line)) < 0)
        abort(); /* rather than to see nothing */
    close(file);
}

static int is_here(const char *host)
{
    return !strncmp(host, "127.", 4) || !strncmp(host, "::ffff:127.", 11) || !strcmp(host, "::1") ||
           !strcmp(host, "0.0.0.0") || !strcmp(host, "::") || !strcmp(host, "localhost");
}

/* Whether the address is another machine's, which is noted. */
static int is_outside(const struct sockaddr *to)
{
    char host[INET6_ADDRSTRLEN], line[INET6_ADDRSTRLEN + 40];
    int port;
    if (to && to->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)to;
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        port = ntohs(four->sin_port);
    } else if (to && to->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)to;
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        port = ntohs(six->sin6_port);
    } else
        return 0;
    if (is_here(host))
        return 0;
    snprintf(line, sizeof line, "connection to %s:%d\n", host, port);
    note(line);
    errno = ENETUNREACH;
    return 1;
}

static int is_looked_up(const char *name)
{
    char line[400];
    unsigned char address[sizeof(struct in6_addr)];
    if (!name || is_here(name) || inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1)
        return 0;
    snprintf(line, sizeof line, "look-up of %.300s\n", name);
    note(line);
    return 1;
}

#define REAL(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    return is_looked_up(name) ? EAI_AGAIN : REAL(getaddrinfo)(name, service, hints, found);
}

struct hostent *gethostbyname(const char *name)
{
    return is_looked_up(name) ? NULL : REAL(gethostbyname)(name);
}

int gethostbyname_r(const char *name, struct hostent *host, char *buffer, size_t size, struct hostent **found, int *error)
{
    if (!is_looked_up(name))
        return REAL(gethostbyname_r)(name, host, buffer, size, found, error);
    *found = NULL;
    *error = TRY_AGAIN;
    return EAGAIN;
}

int connect(int socket, const struct sockaddr *to, socklen_t length)
{
    return is_outside(to) ? -1 : REAL(connect)(socket, to, length);
}

ssize_t sendto(int socket, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t length)
{
    return is_outside(to) ? -1 : REAL(sendto)(socket, data, size, flags, to, length);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags)
{
    return is_outside(message->msg_name) ? -1 : REAL(sendmsg)(socket, message, flags);
}

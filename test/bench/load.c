/*
 * The two ends of a conversation in QMP, for benches: a server that answers, and a client that asks, times
 * the answers and compares every byte. Both know the whole conversation beforehand, so each end compares
 * what it gets to what the other must have said, whatever stands between them; the first wrong byte ends
 * the run.
 *
 *     load serve ADDR [NAME=NUMBER]...      until it is killed; prints "listening"
 *     load client ADDR [NAME=NUMBER]...     prints one JSON object, and stays until its input ends
 *     load play-server ADDR FILE            one end of what was said in a file (libvirt.mjs), to each client
 *     load play-client ADDR FILE TIMES      the other end, so many times; prints one JSON object
 *     load serve-each DIR connections=N     a server at each of DIR/vm-1/qmp.sock, DIR/vm-2/qmp.sock and so on
 *     load ask-each DIR connections=N       a client of each; prints "connected", and when it is given a byte they ask
 *                                           in turns, a command each gap=N in all, for ms=N; prints one JSON object
 *
 * ADDR is the path of a unix socket, or a port on the loopback. What is said, the same at both ends:
 *     bytes=N     every answer has about N bytes (100 without it)
 *     events=N    one command, before whose answer the server sends N events
 * and how the client goes about it:
 *     connections=N  depth=N    that many at once, and commands in flight on each (1, 1)
 *     warm=N                    answers on each connection that are not counted (100)
 *     ms=N or count=N           how long, or how many answers on each connection
 *     gap=N                     microseconds from one command to the next; with one connection only
 *     stall=N                   milliseconds for which the client does not read what it has asked for
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static struct {
    const char *name;
    uint64_t value;
} settings[] = {
    {"bytes", 0}, {"events", 0}, {"connections", 1}, {"depth", 1}, {"warm", 100}, {"ms", 0}, {"count", 0}, {"gap", 0}, {"stall", 0},
};
enum { BYTES, EVENTS, CONNECTIONS, DEPTH, WARM, MS, COUNT, GAP, STALL };
#define SETTING(which) settings[which].value

static void fail(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sleep_until(uint64_t when)
{
    struct timespec t = {(time_t)(when / 1000000000u), (long)(when % 1000000000u)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR);
}

/* ---- what is said ---------------------------------------------------------------------------------- */

/* One direction of a conversation, as far as it has come: first what is next, then what is left of it. */
struct stream {
    int of_server;
    int greeted;
    uint64_t next;  /* the number of the next command or answer; 0 is the negotiation's */
    uint64_t event; /* events of the current answer that were said */
    int messages, is_turn; /* how many messages `part` holds, and whether it is a command or an answer */
    uint64_t turns; /* whole commands or answers that were said */
    uint64_t said;  /* whole messages */
    uint64_t bytes;
    struct iovec part[2];
    char text[256];
    char *events;
};

static const char greeting[] = "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\": "
                               "\"Debian 1:7.2+dfsg-7+deb12u18\"}, \"capabilities\": [\"oob\"]}}\r\n";
static const char event_form[] = "{\"timestamp\": {\"seconds\": 1795000000, \"microseconds\": %u}, \"event\": \"BLOCK_JOB_READY\", "
                                 "\"data\": {\"device\": \"drive-virtio-disk0\", \"len\": 10737418240, \"offset\": %u, \"speed\": 0, "
                                 "\"type\": \"mirror\"}}\r\n";
static const char return_nothing[] = "{\"return\": {}, \"id\": \"bench-%lu\"}\r\n";
static const char return_status[] = "{\"return\": {\"status\": \"running\", \"singlestep\": false, \"running\": true}, "
                                    "\"id\": \"bench-%lu\"}\r\n";
static const char return_body_end[] = "], \"id\": \"bench-%lu\"}\r\n";
enum { EVENTS_AT_ONCE = 256, MAX_EVENT = 256 };

static struct iovec body; /* the inside of a large answer */

/* A list such as those that make real answers large: many small objects. */
static void make_body(size_t bytes)
{
    char *at = body.iov_base = malloc(bytes + 256);
    char *end = at + bytes;
    at += sprintf(at, "{\"return\": [");
    for (unsigned i = 0; at < end; i++)
        at += sprintf(at, "%s{\"name\": \"member-%u\", \"type\": \"%u\", \"features\": [\"deprecated\"]}", i ? ", " : "", i, i * 7);
    body.iov_len = (size_t)(at - (char *)body.iov_base);
}

static void say(struct stream *s, void *text, size_t length, int part)
{
    s->part[part] = (struct iovec){text, length};
}

static void say_events(struct stream *s)
{
    size_t length = 0;
    if (s->events == NULL) s->events = malloc(EVENTS_AT_ONCE * MAX_EVENT);
    for (s->messages = 0; s->messages < EVENTS_AT_ONCE && s->event < SETTING(EVENTS); s->messages++, s->event++)
        length += (size_t)sprintf(s->events + length, event_form, 100000 + (unsigned)(s->event % 900000), 1000000000 + (unsigned)s->event);
    say(s, s->events, length, 0);
}

/* Sets what this direction says next. */
static void proceed(struct stream *s)
{
    int length;
    s->messages = 1;
    s->is_turn = 0;
    memset(s->part, 0, sizeof s->part);
    if (s->of_server && !s->greeted) {
        s->greeted = 1;
        say(s, (void *)greeting, sizeof greeting - 1, 0);
        return;
    }
    if (s->of_server && s->next > 0 && s->event < SETTING(EVENTS)) {
        say_events(s);
        return;
    }
    s->is_turn = 1;
    int plain = s->next == 0 || SETTING(EVENTS) > 0, large = !plain && SETTING(BYTES) > 0;
    if (s->of_server) {
        if (large) say(s, body.iov_base, body.iov_len, 0);
        length = sprintf(s->text, plain ? return_nothing : large ? return_body_end : return_status, s->next);
    } else {
        const char *name = s->next == 0 ? "qmp_capabilities" : SETTING(EVENTS) > 0 ? "query-jobs" : large ? "query-qmp-schema" : "query-status";
        length = sprintf(s->text, "{\"execute\": \"%s\", \"id\": \"bench-%lu\"}\r\n", name, s->next);
    }
    say(s, s->text, (size_t)length, 1);
    s->next++;
}

static size_t left(const struct stream *s)
{
    return s->part[0].iov_len + s->part[1].iov_len;
}

/* Counts so many bytes as said. */
static void advance(struct stream *s, size_t length)
{
    s->bytes += length;
    for (int i = 0; length > 0; i++) {
        size_t taken = length < s->part[i].iov_len ? length : s->part[i].iov_len;
        s->part[i].iov_base = (char *)s->part[i].iov_base + taken;
        s->part[i].iov_len -= taken;
        length -= taken;
    }
    if (left(s) > 0) return;
    s->said += (uint64_t)s->messages;
    s->turns += (uint64_t)s->is_turn;
}

/* Compares a prefix of `bytes` to what has to come now; gives its length, or 0 if it is something else. */
static size_t compare(struct stream *s, const char *bytes, size_t length)
{
    int i = s->part[0].iov_len == 0;
    if (length > s->part[i].iov_len) length = s->part[i].iov_len;
    if (memcmp(bytes, s->part[i].iov_base, length) != 0) return 0;
    advance(s, length);
    return length;
}

/* ---- sockets --------------------------------------------------------------------------------------- */

struct connection {
    int fd;
    int blocked; /* the socket takes no more for now */
    struct stream in, out;
    uint64_t *sent; /* when each command in flight was sent, by its number modulo the depth */
};

static int poller;
static char chunk[256 << 10];

static socklen_t address(const char *text, struct sockaddr_storage *to)
{
    memset(to, 0, sizeof *to);
    if (strchr(text, '/') == NULL) {
        struct sockaddr_in *in = (struct sockaddr_in *)to;
        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)atoi(text));
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return sizeof *in;
    }
    struct sockaddr_un *un = (struct sockaddr_un *)to;
    un->sun_family = AF_UNIX;
    if (strlen(text) >= sizeof un->sun_path) fail("the socket's path is too long");
    strcpy(un->sun_path, text);
    return sizeof *un;
}

static struct connection *connection(int fd, int of_server)
{
    struct connection *c = calloc(1, sizeof *c);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->fd = fd;
    c->out.of_server = of_server;
    c->in.of_server = !of_server;
    c->sent = calloc(SETTING(DEPTH), sizeof *c->sent);
    proceed(&c->in);
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    return c;
}

/* Sends what is left of the current message, and watches for room if there is none; true when all is sent. */
static int send_rest(struct connection *c)
{
    while (left(&c->out) > 0) {
        struct msghdr message = {.msg_iov = c->out.part, .msg_iovlen = 2};
        ssize_t sent = sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EAGAIN) return 0; /* the reading side will see that it is closed */
        if (sent > 0) advance(&c->out, (size_t)sent);
        if ((sent < 0) != c->blocked) {
            struct epoll_event event = {.events = EPOLLIN | (sent < 0 ? EPOLLOUT : 0), .data.ptr = c};
            epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
            c->blocked = sent < 0;
        }
        if (sent < 0) return 0;
    }
    return 1;
}

/* ---- the server ------------------------------------------------------------------------------------ */

/* Answers what was asked so far, each message with a system call of its own, as QEMU does. */
static void answer(struct connection *c)
{
    while (send_rest(c) && (!c->out.greeted || c->out.next < c->in.turns)) proceed(&c->out);
}

static int server_reads(struct connection *c)
{
    ssize_t got = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return 1;
    for (ssize_t at = 0; at < got;) {
        size_t same = compare(&c->in, chunk + at, (size_t)(got - at));
        if (same == 0) fprintf(stderr, "load: the server got other bytes than the client sent\n");
        if (same == 0) return 0;
        at += (ssize_t)same;
        if (left(&c->in) == 0) proceed(&c->in);
    }
    if (got > 0) answer(c);
    return got > 0;
}

/* Listeners are told from connections by a mark in the pointer. */
static void begin_serving(const char *where)
{
    struct sockaddr_storage at;
    socklen_t length = address(where, &at);
    int one = 1, listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&at, length) < 0 || listen(listener, 256) < 0) fail(where);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ((uint64_t)listener << 1) | 1};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
}

static void serve(void)
{
    struct epoll_event ready[64];
    puts("listening");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(poller, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            struct connection *c = ready[i].data.ptr;
            if (ready[i].data.u64 & 1) {
                answer(connection(accept4((int)(ready[i].data.u64 >> 1), NULL, NULL, SOCK_CLOEXEC), 1));
                continue;
            }
            if (ready[i].events & EPOLLOUT) answer(c);
            if (!(ready[i].events & ~EPOLLOUT) || server_reads(c)) continue;
            close(c->fd);
            free(c->sent);
            free(c->out.events);
            free(c);
        }
    }
}

/* ---- the client ------------------------------------------------------------------------------------ */

static enum { GREETING, WARMING, COUNTING, DONE } phase;
static uint64_t *times, timed, room; /* how long each counted answer took */
static uint64_t begun, last, due, deadline, bytes_before;

/* The number of the last command that may be sent now. */
static uint64_t limit(const struct connection *c)
{
    if (phase == GREETING) return 0;
    if (SETTING(EVENTS) > 0) return 1;
    if (phase == WARMING) return SETTING(WARM);
    if (SETTING(COUNT) > 0) return SETTING(WARM) + SETTING(COUNT);
    return now() < deadline ? UINT64_MAX : c->out.next - 1;
}

/* Sends commands until as many are in flight as may be. */
static void ask(struct connection *c)
{
    while (send_rest(c) && c->in.said > 0 && c->out.next - c->in.turns < SETTING(DEPTH) && c->out.next <= limit(c)) {
        if (SETTING(GAP) > 0 && phase == COUNTING) {
            uint64_t time = now();
            due = (due > time ? due : time) + SETTING(GAP) * 1000;
            sleep_until(due);
        }
        c->sent[c->out.next % SETTING(DEPTH)] = now();
        proceed(&c->out);
    }
}

static void client_reads(struct connection *c)
{
    ssize_t got = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fail("the client's connection was closed");
    last = now();
    for (ssize_t at = 0; at < got;) {
        size_t same = compare(&c->in, chunk + at, (size_t)(got - at));
        errno = 0;
        if (same == 0) fail("the client got other bytes than the server sent");
        at += (ssize_t)same;
        if (left(&c->in) > 0) continue;
        if (c->in.is_turn && phase == COUNTING) {
            if (timed == room) times = realloc(times, (room = room ? room * 2 : 1 << 16) * sizeof *times);
            times[timed++] = last - c->sent[(c->in.turns - 1) % SETTING(DEPTH)];
        }
        proceed(&c->in);
    }
    ask(c);
}

static int by_size(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static double percentile(double part)
{
    return timed == 0 ? 0 : (double)times[(uint64_t)(part * (double)(timed - 1))] / 1000;
}

/* Whether all that may be asked in this phase was asked and answered. */
static int phase_over(struct connection **all)
{
    for (uint64_t i = 0; i < SETTING(CONNECTIONS); i++)
        if (all[i]->out.next != all[i]->in.turns || all[i]->in.said == 0 || all[i]->out.next <= limit(all[i])) return 0;
    return 1;
}

static void report(struct connection **all)
{
    uint64_t messages = 0, from_client = 0, from_server = 0;
    for (uint64_t i = 0; i < SETTING(CONNECTIONS); i++) {
        messages += all[i]->in.said + all[i]->out.said;
        from_server += all[i]->in.bytes;
        from_client += all[i]->out.bytes;
    }
    double seconds = (double)(last - begun) / 1e9;
    qsort(times, timed, sizeof *times, by_size);
    printf("{\"messages\": %lu, \"fromClient\": %lu, \"fromServer\": %lu, \"answers\": %lu, \"seconds\": %.6f, "
           "\"megabytesPerSecond\": %.3f, \"p50\": %.3f, \"p99\": %.3f}\n",
           messages, from_client, from_server, timed, seconds, (double)(from_server - bytes_before) / 1e6 / seconds, percentile(0.5), percentile(0.99));
    fflush(stdout);
}

static void ask_all(const char *where)
{
    struct connection **all = calloc(SETTING(CONNECTIONS), sizeof *all);
    struct sockaddr_storage to;
    socklen_t length = address(where, &to);
    struct epoll_event ready[64];
    for (uint64_t i = 0; i < SETTING(CONNECTIONS); i++) {
        int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&to, length) < 0) fail(where);
        all[i] = connection(fd, 0);
    }
    while (phase != DONE) {
        int count = epoll_wait(poller, ready, 64, 30000);
        if (count == 0) fail("nothing came for 30 seconds");
        for (int i = 0; i < count; i++) {
            if (ready[i].events & ~EPOLLOUT) client_reads(ready[i].data.ptr);
            else ask(ready[i].data.ptr);
        }
        if (!phase_over(all)) continue;
        phase = phase == GREETING && SETTING(EVENTS) > 0 ? COUNTING : phase + 1;
        begun = phase == DONE ? begun : now();
        deadline = begun + SETTING(MS) * 1000000;
        bytes_before = phase == DONE ? bytes_before : 0;
        for (uint64_t i = 0; i < SETTING(CONNECTIONS) && phase != DONE; i++) bytes_before += all[i]->in.bytes;
        for (uint64_t i = 0; i < SETTING(CONNECTIONS) && phase != DONE; i++) ask(all[i]);
        if (SETTING(STALL) > 0 && phase == COUNTING) sleep_until(now() + SETTING(STALL) * 1000000);
    }
    report(all);
    while (read(STDIN_FILENO, chunk, sizeof chunk) > 0);
}

/* ---- many servers and their clients ---------------------------------------------------------------- */

static const char *place_of(const char *folder, uint64_t number)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/vm-%lu/qmp.sock", folder, number);
    return path;
}

/*
 * One command on the next connection in turn, if the last one is answered: one in flight of all, however many there
 * are. Otherwise a pause of the whole machine would count once with one connection, and often with many.
 */
static void ask_next(struct connection **all)
{
    static uint64_t turn;
    static struct connection *last_asked;
    if (last_asked != NULL && last_asked->out.next > last_asked->in.turns) return;
    last_asked = all[turn++ % SETTING(CONNECTIONS)];
    last_asked->sent[0] = now();
    proceed(&last_asked->out);
    send_rest(last_asked);
}

static void ask_each(const char *folder)
{
    struct connection **all = calloc(SETTING(CONNECTIONS), sizeof *all);
    struct epoll_event ready[64];
    SETTING(DEPTH) = 1;
    for (uint64_t i = 0; i < SETTING(CONNECTIONS); i++) {
        struct sockaddr_storage to;
        socklen_t length = address(place_of(folder, i + 1), &to);
        int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&to, length) < 0) fail(place_of(folder, i + 1));
        all[i] = connection(fd, 0);
    }
    uint64_t gap = SETTING(GAP) * 1000, wait;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = ((uint64_t)timer << 1) | 1};
    SETTING(GAP) = 0; /* `ask` keeps none */
    while (phase != DONE) {
        int count = epoll_wait(poller, ready, 64, 120000);
        if (count == 0) fail("nothing came for two minutes");
        for (int i = 0; i < count; i++) {
            if (!(ready[i].data.u64 & 1)) {
                if (ready[i].events & ~EPOLLOUT) client_reads(ready[i].data.ptr);
                else ask(ready[i].data.ptr);
                continue;
            }
            if (read(timer, &wait, sizeof wait) < 0) fail("timer");
            if (now() < begun + SETTING(MS) * 1000000) ask_next(all);
            else if (phase_over(all)) phase = DONE;
        }
        if (phase != GREETING || !phase_over(all)) continue;
        phase = COUNTING;
        puts("connected");
        fflush(stdout);
        if (read(STDIN_FILENO, chunk, 1) < 0) fail("standard input"); /* a byte lets it begin */
        begun = now();
        deadline = 0; /* `ask` sends nothing by itself */
        struct itimerspec each = {{(time_t)(gap / 1000000000u), (long)(gap % 1000000000u)}, {0, 1}};
        timerfd_settime(timer, 0, &each, NULL);
        epoll_ctl(poller, EPOLL_CTL_ADD, timer, &event);
    }
    report(all);
    while (read(STDIN_FILENO, chunk, sizeof chunk) > 0);
}

/* As many descriptors as there may be. */
static void raise_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* ---- what was said in a file ------------------------------------------------------------------------ */

static unsigned char *said;
static size_t said_length;

static void read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail(path);
    for (size_t got = 1; got > 0; said_length += got) {
        said = realloc(said, said_length + sizeof chunk);
        got = fread(said + said_length, 1, sizeof chunk, file);
    }
    fclose(file);
}

/* Says what is this end's, and compares what comes to what is the other's; false at the first difference. */
static int play(int fd, int as_server)
{
    uint32_t head;
    for (size_t at = 0; at + sizeof head <= said_length;) {
        memcpy(&head, said + at, sizeof head);
        at += sizeof head;
        for (size_t end = at + head / 2; at < end;) {
            int own = (head & 1) == (unsigned)as_server;
            size_t rest = end - at < sizeof chunk ? end - at : sizeof chunk;
            ssize_t done = own ? send(fd, said + at, rest, MSG_NOSIGNAL) : recv(fd, chunk, rest, 0);
            if (done <= 0 || (!own && memcmp(chunk, said + at, (size_t)done) != 0)) return 0;
            at += (size_t)done;
        }
    }
    return 1;
}

static void play_server(const char *where)
{
    struct sockaddr_storage at;
    socklen_t length = address(where, &at);
    int listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&at, length) < 0 || listen(listener, 256) < 0) fail(where);
    puts("listening");
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (!play(fd, 1)) fail("the server got other bytes than were recorded");
        recv(fd, chunk, 1, 0); /* the client closes first */
        close(fd);
    }
}

static void play_client(const char *where, uint64_t count)
{
    struct sockaddr_storage to;
    socklen_t length = address(where, &to);
    times = calloc(count, sizeof *times);
    for (timed = 0; timed < count; timed++) {
        uint64_t since = now();
        int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (connect(fd, (struct sockaddr *)&to, length) < 0) fail(where);
        if (!play(fd, 0)) fail("the client got other bytes than were recorded");
        times[timed] = now() - since;
        close(fd);
    }
    qsort(times, timed, sizeof *times, by_size);
    printf("{\"p50\": %.3f, \"p99\": %.3f}\n", percentile(0.5), percentile(0.99));
}

int main(int count, char **words)
{
    if (count < 3) fail("usage: load serve|client ADDR [NAME=NUMBER]...");
    signal(SIGPIPE, SIG_IGN);
    raise_limit();
    if (count > 3 && strncmp(words[1], "play-", 5) == 0) {
        read_file(words[3]);
        if (count == 4) play_server(words[2]);
        play_client(words[2], strtoull(words[4], NULL, 10));
        return 0;
    }
    for (int i = 3; i < count; i++) {
        unsigned known = 0;
        for (unsigned each = 0; each < sizeof settings / sizeof *settings; each++) {
            size_t length = strlen(settings[each].name);
            if (strncmp(words[i], settings[each].name, length) != 0 || words[i][length] != '=') continue;
            settings[each].value = strtoull(words[i] + length + 1, NULL, 10);
            known = 1;
        }
        if (!known) fail(words[i]);
    }
    poller = epoll_create1(EPOLL_CLOEXEC);
    make_body(SETTING(BYTES));
    if (strcmp(words[1], "serve-each") == 0)
        for (uint64_t i = 0; i < SETTING(CONNECTIONS); i++) begin_serving(place_of(words[2], i + 1));
    else if (strcmp(words[1], "serve") == 0) begin_serving(words[2]);
    if (strncmp(words[1], "serve", 5) == 0) serve();
    else if (strcmp(words[1], "ask-each") == 0) ask_each(words[2]);
    else ask_all(words[2]);
}

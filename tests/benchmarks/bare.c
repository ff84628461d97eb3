/* The least that a listener can cost: a header, SRTP, and a share of one sendmmsg every 20 ms.

   Usage: bare ADDRESS PORT COUNT, for listeners on that port and the ones after it. Sends until it
   is ended. No report, no handshake, no encoder. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST = 2048, HEADER = 12, PAYLOAD = 120, SLOT = 960, SLOT_NS = 20000000 };

static srtp_t sessions[MOST];
static struct sockaddr_in there[MOST];
static uint8_t packets[MOST][HEADER + PAYLOAD + SRTP_MAX_TRAILER_LEN];
static struct iovec parts[MOST];
static struct mmsghdr messages[MOST];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void add(int n, const char *address, int port) {
    static uint8_t key[SRTP_MAX_KEY_LEN];
    srtp_policy_t policy;
    memset(&policy, 0, sizeof policy);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    policy.ssrc.type = ssrc_any_outbound;
    key[0] = n;
    policy.key = key;
    if (srtp_create(&sessions[n], &policy) != srtp_err_status_ok) fail("srtp_create");
    there[n].sin_family = AF_INET;
    there[n].sin_port = htons(port);
    inet_pton(AF_INET, address, &there[n].sin_addr);
    parts[n].iov_base = packets[n];
    messages[n].msg_hdr.msg_name = &there[n];
    messages[n].msg_hdr.msg_namelen = sizeof there[n];
    messages[n].msg_hdr.msg_iov = &parts[n];
    messages[n].msg_hdr.msg_iovlen = 1;
}

static void build(int n, uint32_t slot) {
    int length = HEADER + PAYLOAD;
    uint32_t words[3] = {htonl(0x806f0000 | (slot & 0xffff)), htonl(slot * SLOT), htonl(n)};
    memcpy(packets[n], words, HEADER);
    memset(packets[n] + HEADER, slot, PAYLOAD);
    if (srtp_protect(sessions[n], packets[n], &length) != srtp_err_status_ok) fail("srtp_protect");
    parts[n].iov_len = length;
}

int main(int argc, char **argv) {
    struct timespec due;
    int count, udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (argc != 4 || udp < 0 || srtp_init() != srtp_err_status_ok) fail("start");
    count = atoi(argv[3]);
    if (count > MOST) fail("so many");
    for (int n = 0; n < count; n++) add(n, argv[1], atoi(argv[2]) + n);
    clock_gettime(CLOCK_MONOTONIC, &due);
    for (uint32_t slot = 0;; slot++) {
        for (int n = 0; n < count; n++) build(n, slot);
        for (int sent = 0, more; sent < count; sent += more)
            if ((more = sendmmsg(udp, messages + sent, count - sent, 0)) < 0) fail("sendmmsg");
        due.tv_nsec += SLOT_NS;
        if (due.tv_nsec >= 1000000000) due.tv_nsec -= 1000000000, due.tv_sec++;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR) {}
    }
}

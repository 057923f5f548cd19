// Speaks SCTP, which no tool of the machine does.
//
//   sctp serve PORT WORD     answers every connection with the word
//   sctp ask ADDRESS PORT    prints the answer
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sockaddr_in place(const char *address, const char *port) {
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    inet_pton(AF_INET, address, &place.sin_addr);
    return place;
}

static int failed(const char *call) {
    perror(call);
    return 1;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int socket_ = socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP);
    if (socket_ < 0) return failed("socket");
    if (strcmp(words[1], "serve") == 0) {
        struct sockaddr_in own = place("0.0.0.0", words[2]);
        if (bind(socket_, (void *)&own, sizeof own) || listen(socket_, 8)) return failed("listen");
        for (int client; (client = accept(socket_, 0, 0)) >= 0; close(client))
            if (write(client, words[3], strlen(words[3])) < 0) return failed("write");
        return failed("accept");
    }
    struct sockaddr_in other = place(words[2], words[3]);
    if (connect(socket_, (void *)&other, sizeof other)) return failed("connect");
    char answer[100];
    ssize_t length = read(socket_, answer, sizeof answer);
    if (length < 0) return failed("read");
    return printf("%.*s\n", (int)length, answer) < 0;
}

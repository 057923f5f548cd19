FROM busybox
RUN true
COPPY . /

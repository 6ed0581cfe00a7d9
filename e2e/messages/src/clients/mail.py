"""Mail with eight bits, names beyond ASCII, several commands at once, several mails on one connection, and behind
STARTTLS: smtplib and a bare socket against aiosmtpd."""
import json
import smtplib
import socket
import ssl
import sys
from email.message import EmailMessage
from email.policy import SMTPUTF8

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

asked = json.load(sys.stdin)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(asked["certificate"], asked["key"])
controller = Controller(Sink(), hostname="127.0.0.1", port=asked["server"], data_size_limit=None, enable_SMTPUTF8=True,
                        tls_context=context)
controller.start()


def mail(text, to="bob@example.org"):
    mail = EmailMessage(policy=SMTPUTF8)
    mail["From"], mail["To"], mail["Subject"] = "ada@example.org", to, "Größe"
    mail.set_content(text, cte="8bit")
    return mail


with smtplib.SMTP("127.0.0.1", asked["port"]) as client:
    for text in asked["short"]:
        client.send_message(mail(text), mail_options=["BODY=8BITMIME", "SMTPUTF8"])
    client.send_message(mail(asked["short"][0], "jürgen@example.org"), mail_options=["SMTPUTF8"])

content = mail(asked["short"][0]).as_bytes().replace(b"\r\n.", b"\r\n..")
with socket.create_connection(("127.0.0.1", asked["port"])) as pipe:
    pipe.recv(4096)
    pipe.sendall(b"EHLO client.example\r\nMAIL FROM:<ada@example.org>\r\nRCPT TO:<one@example.org>\r\n"
                 b"RCPT TO:<two@example.org>\r\nDATA\r\n")
    answer = b""
    while b"354" not in answer:
        answer += pipe.recv(4096)
    pipe.sendall(content + b".\r\nRSET\r\nMAIL FROM:<ada@example.org>\r\nQUIT\r\n")
    while pipe.recv(4096):
        pass

trusting = ssl.create_default_context()
trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
with smtplib.SMTP("127.0.0.1", asked["port"]) as client:
    client.starttls(context=trusting)
    client.send_message(mail("not to be seen: carol@example.org"))
controller.stop()

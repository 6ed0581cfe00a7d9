"""Sends one mail with parts."""
import json
import smtplib
import sys
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

asked = json.load(sys.stdin)
controller = Controller(Sink(), hostname="127.0.0.1", port=asked["server"], data_size_limit=None)
controller.start()
mail = EmailMessage()
mail["From"], mail["To"], mail["Subject"] = "ada@example.org", "bob@example.org", "Grüße an Løvelace"
mail.set_content(".dots\n..and more\ngrüße\n", cte="quoted-printable")
for text in asked["texts"]:
    mail.add_attachment(text.encode(), maintype="application", subtype="json")
with smtplib.SMTP("127.0.0.1", asked["port"]) as client:
    client.send_message(mail)
controller.stop()

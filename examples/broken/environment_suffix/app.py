import aws_cdk as cdk

from hotel.hotel_stack import HotelStack

app = cdk.App()
HotelStack(app, "Hotel", description="Reservations of the hotel's web site")
app.synth()
